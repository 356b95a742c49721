import { Decimal } from 'decimal.js';
import { SANDBOX_CODEBASE } from './constants.js';
import type { Doc } from './documents.js';
import type { Model } from './models.js';
import type { Options } from './options.js';
import type { Psa } from './psa.js';

/** Where a reference's own record lives, by the name of the field that holds it. */
const HREFS: Record<string, string> = {
  company: 'company/companies',
  billToCompany: 'company/companies',
  shipToCompany: 'company/companies',
  status: 'finance/billingStatuses',
  taxCode: 'finance/taxCodes',
  billingTerms: 'finance/billingTerms',
  agreement: 'finance/agreements',
  invoice: 'finance/invoices',
  member: 'system/members',
  location: 'system/locations',
  billingSetupReference: 'finance/billingSetups',
};

/** A stored record as it goes over the wire: nulls and private parts left out, references with their address. */
export function present(record: Record<string, unknown>, model: Model, psa: Psa): Record<string, unknown> {
  const options = psa.options();
  const shown = applySwitches(record, model, options);
  const output: Record<string, unknown> = {};
  for (const [name, field] of model.fields) {
    const value = shown[name];
    if (field.kind === 'r' && name !== '_info') {
      const reference = presentReference(name, value, psa);
      if (reference) output[name] = reference;
      else if (options.emptyRefs) output[name] = {};
    } else if (value !== null && value !== undefined) output[name] = value;
  }
  return output;
}

/** The vendor's own links carry a double slash and must never be followed blindly. */
function presentReference(name: string, value: unknown, psa: Psa): object | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const path = HREFS[name];
  const { id } = value as Doc;
  if (!path || typeof id !== 'number') return value;
  return { ...value, _info: { [`${name}_href`]: `${psa.url}/${SANDBOX_CODEBASE}/apis/3.0/${path}/${id}` } };
}

function applySwitches(record: Record<string, unknown>, model: Model, options: Options): Record<string, unknown> {
  if (model.name !== 'Invoice') return record;
  const shown = { ...record };
  if (!options.consolidatedType && shown['type'] === 'Consolidated') shown['type'] = 'Standard';
  if (options.inconsistentTotals && Number(shown['id']) % 10 === 0)
    shown['total'] = new Decimal(shown['total'] as number).plus(1).toNumber();
  return shown;
}
