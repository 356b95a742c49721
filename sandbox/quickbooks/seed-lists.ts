import type { Books } from './books.js';
import type { Account, Term } from './entities/lists.js';
import { COMPANY_TAX_CODE } from './entities/sales-tax.js';

/** The lists that a bookkeeper set up long before any app was connected. */
export function seedLists(books: Books): void {
  for (const account of ACCOUNTS) books.insert('Account', toAccount(account));
  for (const term of TERMS) books.insert('Term', term);
  for (const Name of ['Managed Services', 'Projects']) books.insert('Class', { Name, FullyQualifiedName: Name, Active: true });
  for (const Name of ['Tampa Office', 'Remote']) books.insert('Department', { Name, FullyQualifiedName: Name, Active: true });
  for (const Name of ['Cash', 'Check', 'Credit Card', 'ACH']) books.insert('PaymentMethod', { Name, Active: true });
  seedTaxes(books);
  seedItems(books);
}

type AccountRow = [name: string, classification: Account['Classification'], type: string, subType: string, active?: false];

const ACCOUNTS: readonly AccountRow[] = [
  ['Services', 'Revenue', 'Income', 'ServiceFeeIncome'],
  ['Managed Services', 'Revenue', 'Income', 'ServiceFeeIncome'],
  ['Hardware Sales', 'Revenue', 'Income', 'SalesOfProductIncome'],
  ['Reimbursed Expenses', 'Revenue', 'Income', 'OtherPrimaryIncome'],
  ['Discounts given', 'Revenue', 'Income', 'DiscountsRefundsGiven'],
  ['Accounts Receivable (A/R)', 'Asset', 'Accounts Receivable', 'AccountsReceivable'],
  ['Undeposited Funds', 'Asset', 'Other Current Asset', 'UndepositedFunds'],
  ['Checking', 'Asset', 'Bank', 'Checking'],
  ['Sales Tax Payable', 'Liability', 'Other Current Liability', 'SalesTaxPayable'],
  ['Cost of Goods Sold', 'Expense', 'Cost of Goods Sold', 'SuppliesMaterialsCogs'],
  ['Consulting Income (deleted)', 'Revenue', 'Income', 'ServiceFeeIncome', false],
];

function toAccount([Name, Classification, AccountType, AccountSubType, active]: AccountRow): Account {
  return {
    Name,
    FullyQualifiedName: Name,
    Active: active ?? true,
    SubAccount: false,
    Classification,
    AccountType,
    AccountSubType,
    CurrentBalance: 0,
    CurrentBalanceWithSubAccounts: 0,
    CurrencyRef: { value: 'USD', name: 'United States Dollar' },
  };
}

const TERMS: readonly Term[] = [
  { Name: 'Due on receipt', Active: true, Type: 'STANDARD', DueDays: 0 },
  { Name: 'Net 15', Active: true, Type: 'STANDARD', DueDays: 15 },
  { Name: 'Net 30', Active: true, Type: 'STANDARD', DueDays: 30 },
  { Name: 'Net 60', Active: true, Type: 'STANDARD', DueDays: 60 },
  { Name: '20th of the month', Active: true, Type: 'DATE_DRIVEN', DayOfMonthDue: 20, DueNextMonthDays: 5 },
];

function seedTaxes(books: Books): void {
  const rates = [
    books.insert('TaxRate', { Name: 'Florida State', Active: true, RateValue: 6 }),
    books.insert('TaxRate', { Name: 'Hillsborough County', Active: true, RateValue: 1.5 }),
  ];
  books.insert('TaxCode', { Name: 'TAX', Description: 'TAX', Active: true, Taxable: true, TaxGroup: false }, 'TAX');
  books.insert('TaxCode', { Name: 'NON', Description: 'NON', Active: true, Taxable: false, TaxGroup: false }, 'NON');
  const TaxRateDetail = rates.map((rate) => ({ TaxRateRef: { value: rate.Id }, TaxTypeApplicable: 'TaxOnAmount' as const, TaxOrder: 0 }));
  const group = { Name: 'Hillsborough County, FL', Active: true, Taxable: true, TaxGroup: true, SalesTaxRateList: { TaxRateDetail } };
  books.insert('TaxCode', group, COMPANY_TAX_CODE);
}

function seedItems(books: Books): void {
  const rows = [
    ['Services', 'Service', 'Services', false, true],
    ['Managed Services', 'Service', 'Managed Services', false, true],
    ['Hardware', 'NonInventory', 'Hardware Sales', true, true],
    ['Expenses', 'Service', 'Reimbursed Expenses', false, true],
    ['Tape Backup (deleted)', 'Service', 'Services', false, false],
  ] as const;
  for (const [Name, Type, accountName, Taxable, Active] of rows) {
    const account = books.all('Account').find((candidate) => candidate.Name === accountName);
    if (!account) throw new Error(`No account ${accountName}`);
    const IncomeAccountRef = { value: account.Id, name: account.Name };
    books.insert('Item', { Name, FullyQualifiedName: Name, Type, Active, Taxable, UnitPrice: 0, IncomeAccountRef, TrackQtyOnHand: false });
  }
}
