import type { Account } from 'xero-node/dist/gen/model/accounting/account.js';
import type { TaxRate } from 'xero-node/dist/gen/model/accounting/taxRate.js';
import type { LedgerCode, LedgerCodes, LedgerProfile } from '../../ports/accounting-ledger.js';
import { ConnectorError, isNotForUs } from '../../ports/connector-error.js';
import { fromJsonNumber } from '../kit/money-border.js';
import type { XeroClient } from './client.js';
import { ROUNDING_NAME } from './code-choice.js';
import { sdkCivilDate } from './dates.js';
import { LABEL } from './descriptor.js';
import { collection } from './sdk-transport.js';

/** The SDK's enums are numbers in its types and text at run time. */
const REVENUE = new Set(['REVENUE', 'SALES', 'OTHERINCOME']);

export async function readProfile(client: XeroClient): Promise<LedgerProfile> {
  const body = await client.sdk(false, (api, tenantId) => api.getOrganisations(tenantId));
  const [organisation] = collection(body, 'organisations', false);
  if (!organisation?.name || organisation.baseCurrency === undefined) {
    throw new ConnectorError('unreadable', `${LABEL} does not say which organisation this is.`);
  }
  const locks = [sdkCivilDate(organisation.periodLockDate), sdkCivilDate(organisation.endOfYearLockDate)].flatMap((date) => date ?? []);
  const lockedUntil = locks.sort().at(-1);
  const isOpen = organisation.organisationStatus === undefined || organisation.organisationStatus === 'ACTIVE';
  return {
    name: organisation.name,
    country: String(organisation.countryCode ?? ''),
    currency: String(organisation.baseCurrency),
    ...(lockedUntil !== undefined && { lockedUntil }),
    blockers: isOpen
      ? []
      : [`The organisation in ${LABEL} is ${String(organisation.organisationStatus).toLowerCase()}; only active ones take documents.`],
  };
}

export async function readCodes(client: XeroClient): Promise<LedgerCodes> {
  const accounts = await client.sdk(false, (api, tenantId) => api.getAccounts(tenantId));
  const taxes = await taxRates(client);
  return {
    categories: collection(accounts, 'accounts', false)
      .filter((account) => account.code !== undefined && account.code !== '')
      .filter((account) => isRounding(account) || (account.systemAccount === undefined && String(account.type) !== 'BANK'))
      .sort((a, b) => (isRevenue(b) ? 1 : 0) - (isRevenue(a) ? 1 : 0) || ((a.code ?? '') < (b.code ?? '') ? -1 : 1))
      .map(accountCode),
    taxes: (taxes ?? []).flatMap(taxCode),
    ...(taxes === undefined && { notKnown: `${LABEL} does not show its tax rates, so no tax can be mapped.` }),
  };
}

/** Undefined where they may not be read: accounts can be mapped all the same, and what needs no tax code can be posted. */
async function taxRates(client: XeroClient): Promise<TaxRate[] | undefined> {
  try {
    return collection(await client.sdk(false, (api, tenantId) => api.getTaxRates(tenantId)), 'taxRates', false);
  } catch (error) {
    if (isNotForUs(error)) return undefined;
    throw error;
  }
}

function accountCode(account: Account): LedgerCode {
  const code = account.code ?? '';
  if (isRounding(account)) return { code, name: ROUNDING_NAME, active: false };
  return { code, name: account.name ?? code, active: String(account.status) === 'ACTIVE' };
}

/** Rates that a sales tax service computes by address make a document read-only for us, so they are never offered. */
function taxCode(rate: TaxRate): LedgerCode[] {
  if (!rate.taxType) return [];
  const forSales = rate.canApplyToRevenue === true && String(rate.reportTaxType) !== 'USSALESTAX';
  const active = forSales && String(rate.status) === 'ACTIVE';
  const percent = rate.effectiveRate ?? rate.displayTaxRate;
  return [{ code: rate.taxType, name: rate.name ?? rate.taxType, ...(percent !== undefined && { rate: fromJsonNumber(percent) }), active }];
}

function isRounding(account: Account): boolean {
  return String(account.systemAccount) === 'ROUNDING' && String(account.status) === 'ACTIVE';
}

function isRevenue(account: Account): boolean {
  return REVENUE.has(String(account.type));
}
