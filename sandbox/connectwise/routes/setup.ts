import type { Request } from 'express';
import type { Doc, Ref } from '../documents.js';
import { findById, type Endpoints } from '../endpoints.js';
import * as models from '../models.js';
import type { Psa } from '../psa.js';

/** The set-up tables that billing reads. They are set up by people in the PSA, so the sandbox only reads them. */
export function setupRoutes(endpoints: Endpoints): void {
  const { psa } = endpoints;
  endpoints.read('/finance/billingStatuses', models.BillingStatus, () => psa.store.all('billingStatus'));
  endpoints.read('/finance/billingTerms', models.BillingTerms, () => psa.store.all('billingTerms'));
  endpoints.read('/finance/billingSetups', models.BillingSetup, () => psa.store.all('billingSetup'));
  endpoints.read('/finance/taxCodes', models.TaxCode, () => psa.store.all('taxCode'));
  endpoints.read('/finance/taxCodes/:taxCodeId/taxCodeLevels', models.TaxCodeLevel, (request) => levelsOf(psa, request));
  endpoints.read('/finance/currencies', models.Currency, () => psa.store.all('currency'));
}

function levelsOf(psa: Psa, request: Request): Doc[] {
  const code = findById(psa.store.all<Doc>('taxCode'), request.params['taxCodeId'], models.TaxCode);
  return psa.store.all<Doc>('taxLevel').filter((level) => (level['taxCode'] as Ref).id === code.id);
}
