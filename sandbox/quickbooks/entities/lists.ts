import type { Ref } from './fields.js';

/** Lists that the company keeps in its own pages; over the API this sandbox lets them be read only. */

export interface NamedList {
  Name?: string;
  DisplayName?: string;
  FullyQualifiedName?: string;
  Active: boolean;
}

export interface Account {
  Name: string;
  FullyQualifiedName: string;
  AcctNum?: string;
  Active: boolean;
  SubAccount: boolean;
  Classification: 'Asset' | 'Equity' | 'Expense' | 'Liability' | 'Revenue';
  AccountType: string;
  AccountSubType: string;
  CurrentBalance: number;
  CurrentBalanceWithSubAccounts: number;
  CurrencyRef: Ref;
}

export interface Term {
  Name: string;
  Active: boolean;
  Type: 'STANDARD' | 'DATE_DRIVEN';
  DueDays?: number;
  DayOfMonthDue?: number;
  DueNextMonthDays?: number;
}

export interface TaxCode {
  Name: string;
  Description?: string;
  Active: boolean;
  Taxable: boolean;
  TaxGroup: boolean;
  SalesTaxRateList?: { TaxRateDetail: { TaxRateRef: Ref; TaxTypeApplicable: 'TaxOnAmount'; TaxOrder: number }[] };
}

export interface TaxRate {
  Name: string;
  Description?: string;
  Active: boolean;
  RateValue: number;
}
