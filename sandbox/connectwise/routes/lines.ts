import type { Doc, Ref } from '../documents.js';
import { findById, type Endpoints } from '../endpoints.js';
import * as models from '../models.js';

/** Time, expenses and products: what invoices are made of. */
export function lineRoutes(endpoints: Endpoints): void {
  const { psa } = endpoints;
  endpoints.read('/time/entries', models.TimeEntry, () => psa.store.all('time'));
  endpoints.read('/expense/entries', models.ExpenseEntry, () => psa.store.all('expense'));
  endpoints.read('/procurement/products', models.ProductItem, () => psa.store.all('product'));
  endpoints.read('/procurement/products/:productId/components', models.ProductComponent, (request) => {
    const product = findById(psa.store.all<Doc>('product'), request.params['productId'], models.ProductItem);
    return psa.store.all<Doc>('component').filter((row) => (row['parentProductItem'] as Ref).id === product.id);
  });
}
