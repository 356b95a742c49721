import type { Request } from 'express';
import type { Doc } from '../documents.js';
import { findById, type Endpoints } from '../endpoints.js';
import * as models from '../models.js';

export function agreementRoutes(endpoints: Endpoints): void {
  const { psa } = endpoints;
  const partOf = (kind: string) => (request: Request) => {
    const agreement = findById(psa.store.all<Doc>('agreement'), request.params['agreementId'], models.Agreement);
    return psa.store.all<Doc>(kind).filter((row) => row['agreementId'] === agreement.id);
  };
  endpoints.read('/finance/agreements/types', models.AgreementType, () => psa.store.all('agreementType'));
  endpoints.read('/finance/agreements', models.Agreement, () => psa.store.all('agreement'));
  endpoints.read('/finance/agreements/:agreementId/additions', models.Addition, partOf('addition'));
  endpoints.read('/finance/agreements/:agreementId/adjustments', models.Adjustment, partOf('adjustment'));
}
