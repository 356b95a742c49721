import type { LedgerCode, LedgerCodes, LedgerProfile } from '../../ports/accounting-ledger.js';
import { ConnectorError, isNotForUs } from '../../ports/connector-error.js';
import { fromJsonNumber } from '../kit/money-border.js';
import type { XeroClient } from './client.js';
import { ROUNDING_NAME } from './code-choice.js';
import { wireCivilDate } from './dates.js';
import { LABEL } from './descriptor.js';
import { accountRow, organisationRow, pageOf, taxRateRow, type AccountRow, type TaxRateRow } from './types.js';

const REVENUE = new Set(['REVENUE', 'SALES', 'OTHERINCOME']);

export async function readProfile(client: XeroClient): Promise<LedgerProfile> {
  const shape = pageOf('Organisations', organisationRow);
  const { Organisations } = await client.read('organisation', shape, (api, tenantId) => api.getOrganisations(tenantId));
  const [organisation] = Organisations;
  if (!organisation) throw new ConnectorError('unreadable', `${LABEL} does not say which organisation this is.`);
  const { Name, BaseCurrency, CountryCode, OrganisationStatus, PeriodLockDate, EndOfYearLockDate } = organisation;
  const locks = [PeriodLockDate, EndOfYearLockDate].flatMap((date) => (date ? wireCivilDate(date) : []));
  const lockedUntil = locks.sort().at(-1);
  const isOpen = !OrganisationStatus || OrganisationStatus === 'ACTIVE';
  return {
    name: Name,
    country: CountryCode ?? '',
    currency: BaseCurrency,
    ...(lockedUntil !== undefined && { lockedUntil }),
    blockers: isOpen ? [] : [`The organisation in ${LABEL} is ${OrganisationStatus.toLowerCase()}; only active ones take documents.`],
  };
}

export async function readCodes(client: XeroClient): Promise<LedgerCodes> {
  const { Accounts } = await client.read('accounts', pageOf('Accounts', accountRow), (api, tenantId) => api.getAccounts(tenantId));
  const taxes = await taxRates(client);
  return {
    categories: Accounts.filter((account) => Boolean(account.Code))
      .filter((account) => isRounding(account) || (!account.SystemAccount && account.Type !== 'BANK'))
      .sort((a, b) => (isRevenue(b) ? 1 : 0) - (isRevenue(a) ? 1 : 0) || ((a.Code ?? '') < (b.Code ?? '') ? -1 : 1))
      .map(accountCode),
    taxes: (taxes ?? []).flatMap(taxCode),
    ...(taxes === undefined && { notKnown: `${LABEL} does not show its tax rates, so no tax can be mapped.` }),
  };
}

/** Undefined where they may not be read: accounts can be mapped all the same, and what needs no tax code can be posted. */
async function taxRates(client: XeroClient): Promise<TaxRateRow[] | undefined> {
  try {
    return (await client.read('tax rates', pageOf('TaxRates', taxRateRow), (api, tenantId) => api.getTaxRates(tenantId))).TaxRates;
  } catch (error) {
    if (isNotForUs(error)) return undefined;
    throw error;
  }
}

function accountCode(account: AccountRow): LedgerCode {
  const code = account.Code ?? '';
  if (isRounding(account)) return { code, name: ROUNDING_NAME, active: false };
  return { code, name: account.Name ?? code, active: account.Status === 'ACTIVE' };
}

/** Rates that a sales tax service computes by address make a document read-only for us, so they are never offered. */
function taxCode(rate: TaxRateRow): LedgerCode[] {
  if (!rate.TaxType) return [];
  const forSales = rate.CanApplyToRevenue === true && rate.ReportTaxType !== 'USSALESTAX';
  const active = forSales && rate.Status === 'ACTIVE';
  const percent = rate.EffectiveRate ?? rate.DisplayTaxRate;
  const told = percent === undefined || percent === null ? {} : { rate: fromJsonNumber(percent) };
  return [{ code: rate.TaxType, name: rate.Name ?? rate.TaxType, ...told, active }];
}

function isRounding(account: AccountRow): boolean {
  return account.SystemAccount === 'ROUNDING' && account.Status === 'ACTIVE';
}

function isRevenue(account: AccountRow): boolean {
  return REVENUE.has(account.Type ?? '');
}
