import type { Doc, InvoiceDoc, Ref } from '../documents.js';
import { findById, type Endpoints } from '../endpoints.js';
import * as models from '../models.js';
import type { Model } from '../models.js';
import { present } from '../present.js';
import { readParameters } from '../query.js';
import { linesOf } from '../totals.js';

/** `GET /finance/info/invoice/{id}`: one invoice with everything that prints on it. */
export function invoiceInfoRoutes(endpoints: Endpoints): void {
  const { psa } = endpoints;
  endpoints.on('get', '/finance/info/invoice/:id', (request, response) => {
    readParameters(request, []);
    const invoice = findById(psa.store.all<InvoiceDoc>('invoice'), request.params['id'], models.Invoice);
    const lines = linesOf(psa.store, invoice.id);
    const onInvoice = new Set(lines.products.map((product) => product.id));
    const components = psa.store.all<Doc>('component').filter((row) => onInvoice.has((row['parentProductItem'] as Ref).id));
    const setup = psa.store.all<Doc>('billingSetup').find((row) => (row['location'] as Ref).id === invoice.locationId);
    const show = (rows: readonly Doc[], model: Model) => rows.map((row) => present(row, model, psa));
    response.json({
      id: invoice.id,
      invoice: present(invoice, models.Invoice, psa),
      invoiceTemplate: invoice['invoiceTemplate'],
      products: show(lines.products, models.ProductItem),
      bundledComponentsInfo: show(components, models.ProductComponent),
      expenses: show(lines.expenses, models.ExpenseEntry),
      timeEntries: show(lines.time, models.TimeEntry),
      ...(setup && { billingSetup: present(setup, models.BillingSetup, psa) }),
      agreementBillingInfo: invoice._sandbox?.agreements ?? [],
    });
  });
}
