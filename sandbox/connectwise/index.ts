import type { VendorSandbox } from '../kit/server.js';
import { controlRouter } from './control.js';
import type { InvoiceDoc } from './documents.js';
import { faultBody } from './errors.js';
import * as models from './models.js';
import { invoicePage } from './page.js';
import { present } from './present.js';
import { Psa } from './psa.js';
import { apiRouter } from './routes/index.js';
import { seedPsa } from './seed/index.js';
import { paymentsOf } from './totals.js';

export * from './constants.js';
export { PLANTED, PLANTED_WORK_TYPE } from './seed/planted.js';

/** An invented ConnectWise PSA with the believable MSP in it. */
export const connectwiseSandbox: VendorSandbox = {
  key: 'connectwise',
  seed: ({ store, seed }) => seedPsa(store, seed),
  routes: (context) => apiRouter(new Psa(context)),
  control: controlRouter,
  errorBody: faultBody,
  documents: (context, number) => {
    const psa = new Psa(context);
    const invoices = psa.store.all<InvoiceDoc>('invoice');
    return invoices
      .filter((invoice) => number === undefined || invoice.invoiceNumber === number)
      .map((invoice) => ({
        ...present(invoice, models.Invoice, psa),
        _payments: paymentsOf(psa.store, invoice.id).map((payment) => present(payment, models.InvoicePayment, psa)),
      }));
  },
  page: (context) => invoicePage(new Psa(context)),
  environment: (url) => ({ CONNECTWISE_API_URL: url, CONNECTWISE_CLIENT_ID: '00000000-0000-4000-8000-00000000c0de' }),
};
