import { z } from 'zod';
import { civilDate } from '../../domain/civil-date.js';
import { Decimal } from '../../domain/money.js';
import type { LedgerCode, LedgerCodes, LedgerProfile } from '../../ports/accounting-ledger.js';
import { isConnectorError, isNotForUs } from '../../ports/connector-error.js';
import { fromJsonNumber } from '../kit/money-border.js';
import type { QuickbooksClient } from './client.js';
import { LABEL } from './descriptor.js';
import {
  accountRow,
  companyRow,
  preferencesRow,
  rowsOf,
  taxCodeRow,
  taxRateRow,
  type AccountRow,
  type Preferences,
  type TaxCodeRow,
} from './types.js';

/** Whether a line is taxed is said with these two words in a US company, whatever its rates are. */
export const TAXABLE = 'TAX';
export const EXEMPT = 'NON';

const LIST = [
  { field: 'Active', operator: 'IN', value: [true, false] },
  { field: 'limit', value: 1_000 },
];

export async function readProfile(client: QuickbooksClient): Promise<LedgerProfile> {
  const shape = z.object({ CompanyInfo: companyRow });
  const { CompanyInfo: company } = await client.read('company', shape, (sdk, done) => sdk.getCompanyInfo(client.realmId, done));
  const preferences = await readPreferences(client);
  const closed = preferences.AccountingInfoPrefs?.BookCloseDate;
  const country = company.Country ?? '';
  return {
    name: company.CompanyName,
    country,
    currency: homeCurrency(preferences),
    ...(closed && { lockedUntil: civilDate(closed) }),
    blockers: [...numberBlockers(preferences), ...countryBlockers(country)],
  };
}

export async function readPreferences(client: QuickbooksClient): Promise<Preferences> {
  return (await client.read('preferences', z.object({ Preferences: preferencesRow }), (sdk, done) => sdk.getPreferences(done))).Preferences;
}

export function homeCurrency(preferences: Preferences): string {
  return preferences.CurrencyPrefs?.HomeCurrency?.value ?? 'USD';
}

function numberBlockers(preferences: Preferences): string[] {
  if (preferences.SalesFormsPrefs?.CustomTxnNumbers) return [];
  return [
    `${LABEL} numbers documents itself in this company, so they would not carry the numbers your clients see. Turn on "Custom ` +
      `transaction numbers" there (Account and settings, Sales, Sales form content).`,
  ];
}

/** Elsewhere every line names a tax code of the country and the rules of tax are others. */
function countryBlockers(country: string): string[] {
  if (country === 'US' || country === 'USA' || country === '') return [];
  return [`This company's books are kept in ${country}; only companies in the US can be posted to so far.`];
}

/**
 * People think in accounts, so categories are mapped to income accounts; the items that lines need are made from them.
 * Liabilities stand behind, for down payments. For taxes: the words TAX and NON, and the company's own combined rates.
 */
export async function readCodes(client: QuickbooksClient): Promise<LedgerCodes> {
  const accounts = await client.read('Account', rowsOf('Account', accountRow), (sdk, done) => sdk.findAccounts([...LIST], done));
  const taxCodes = await ifShown(() =>
    client.read('TaxCode', rowsOf('TaxCode', taxCodeRow), (sdk, done) => sdk.findTaxCodes([...LIST], done)),
  );
  const taxRates = await ifShown(() =>
    client.read('TaxRate', rowsOf('TaxRate', taxRateRow), (sdk, done) => sdk.findTaxRates([...LIST], done)),
  );
  const preferences = await readPreferences(client);
  const rates = new Map((taxRates ?? []).map((rate) => [rate.Id, rate.RateValue ?? 0]));
  return {
    categories: [...accounts.filter(isRevenue), ...accounts.filter(isLiability)].map(accountCode),
    taxes: sortedTaxes(
      (taxCodes ?? WORDS).map((code) => taxCode(code, rates)),
      preferences.TaxPrefs?.PartnerTaxEnabled === true,
    ),
    ...((!taxCodes || !taxRates) && {
      notKnown: `${LABEL} does not show its sales tax rates; only "taxable" and "not taxable" can be mapped.`,
    }),
  };
}

/** Every company has these two, whatever else it shows of its taxes. */
const WORDS: readonly TaxCodeRow[] = [
  { Id: TAXABLE, Name: TAXABLE },
  { Id: EXEMPT, Name: EXEMPT },
];

/** Undefined for a list that the company does not have or show; a query that is turned down means that as well. */
async function ifShown<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isNotForUs(error) || (isConnectorError(error) && error.kind === 'invalid')) return undefined;
    throw error;
  }
}

function accountCode(account: AccountRow): LedgerCode {
  return { code: account.Id, name: account.FullyQualifiedName ?? account.Name, active: account.Active !== false };
}

function isRevenue({ Classification }: AccountRow): boolean {
  return Classification === 'Revenue';
}

function isLiability({ AccountType, AccountSubType }: AccountRow): boolean {
  return AccountType === 'Other Current Liability' && !/tax/i.test(AccountSubType ?? '');
}

function taxCode(code: TaxCodeRow, rates: ReadonlyMap<string, number>): LedgerCode {
  const parts = (code.SalesTaxRateList?.TaxRateDetail ?? []).flatMap(({ TaxRateRef }) => rates.get(TaxRateRef.value) ?? []);
  const rate = parts.reduce((sum, part) => sum.plus(fromJsonNumber(part)), new Decimal(0)).toString();
  return {
    code: code.Id,
    name: code.Id === TAXABLE ? 'Taxable' : code.Id === EXEMPT ? 'Not taxable' : code.Name,
    ...(parts.length > 0 && { rate }),
    ...(code.Id === EXEMPT && { rate: '0' }),
    active: code.Active !== false,
  };
}

/** Where the vendor finds the rate by itself (automated sales tax) the word is enough; elsewhere a rate has to be named. */
function sortedTaxes(codes: readonly LedgerCode[], isAutomated: boolean): LedgerCode[] {
  const words = codes.filter(({ code }) => code === TAXABLE || code === EXEMPT);
  const groups = codes.filter(({ code }) => code !== TAXABLE && code !== EXEMPT);
  return isAutomated ? [...words, ...groups] : [...groups, ...words];
}
