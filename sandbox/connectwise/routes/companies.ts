import type { Doc, Ref } from '../documents.js';
import { findById, type Endpoints } from '../endpoints.js';
import * as models from '../models.js';

export function companyRoutes(endpoints: Endpoints): void {
  const { psa } = endpoints;
  endpoints.read('/company/companies', models.Company, () => psa.store.all('company'));
  endpoints.read('/company/companies/:companyId/sites', models.CompanySite, (request) => {
    const company = findById(psa.store.all<Doc>('company'), request.params['companyId'], models.Company);
    return psa.store.all<Doc>('site').filter((site) => (site['company'] as Ref).id === company.id);
  });
  endpoints.read('/company/contacts', models.Contact, () => psa.store.all('contact'));
}
