import type { VendorSandbox } from '../kit/server.js';
import { booksOf } from './books.js';
import { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_VERIFIER_TOKEN } from './constants.js';
import { controlRoutes } from './control.js';
import { documents } from './documents.js';
import { gatewayAnswer } from './fault-bodies.js';
import { changeOptions, optionsPatchSchema, readOptions } from './options.js';
import { page } from './page.js';
import { vendorRoutes } from './routes/index.js';
import { seed } from './seed.js';

export { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_REALM_ID, SANDBOX_VERIFIER_TOKEN } from './constants.js';
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
  environment: (url) => ({
    QUICKBOOKS_API_URL: url,
    QUICKBOOKS_AUTHORIZE_URL: `${url}/connect/oauth2`,
    QUICKBOOKS_TOKEN_URL: `${url}/oauth2/v1/tokens/bearer`,
    QUICKBOOKS_REVOKE_URL: `${url}/v2/oauth2/tokens/revoke`,
    QUICKBOOKS_APP_URL: url,
    QUICKBOOKS_CLIENT_ID: SANDBOX_CLIENT_ID,
    QUICKBOOKS_CLIENT_SECRET: SANDBOX_CLIENT_SECRET,
    QUICKBOOKS_WEBHOOK_TOKEN: SANDBOX_VERIFIER_TOKEN,
  }),
  announceTo: (store, appUrl) => {
    const { webhook } = readOptions(store);
    // An address that somebody has set by hand stays.
    if (webhook && webhook.verifierToken !== SANDBOX_VERIFIER_TOKEN) return;
    changeOptions(
      store,
      optionsPatchSchema.parse({ webhook: { url: `${appUrl}/webhooks/quickbooks`, verifierToken: SANDBOX_VERIFIER_TOKEN } }),
    );
  },
};
