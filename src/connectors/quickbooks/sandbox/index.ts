import type { VendorSandbox } from '../../kit/sandbox/server.js';
import { booksOf } from './books.js';
import { controlRoutes } from './control.js';
import { documents } from './documents.js';
import { gatewayAnswer } from './fault-bodies.js';
import { page } from './page.js';
import { vendorRoutes } from './routes/index.js';
import { seed } from './seed.js';

export { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_REALM_ID, SANDBOX_SCOPE, SANDBOX_VERIFIER_TOKEN } from './constants.js';
export { VENDOR_WITH_CUSTOMER_NAME } from './seed.js';

/** QuickBooks Online with one company, Lumen IT LLC. */
export const quickbooksSandbox: VendorSandbox = {
  key: 'quickbooks',
  seed,
  routes: vendorRoutes,
  control: controlRoutes,
  errorBody: (status) => gatewayAnswer(status, new Date()),
  documents: (context, number) => documents(booksOf(context), number),
  page: (context) => page(booksOf(context)),
};
