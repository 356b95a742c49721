import type { Request } from 'express';
import type { SandboxContext, VendorSandbox } from '../kit/server.js';
import { controlRoutes } from './control.js';
import { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_WEBHOOK_KEY } from './oauth/client.js';
import { creditNoteView, invoiceView } from './documents/view.js';
import { Ledger } from './ledger.js';
import { ledgerPage } from './page.js';
import { vendorRoutes } from './routes/index.js';
import { changeOptions, readOptions } from './options.js';
import { seedLedger } from './seed.js';
import { Webhook } from './webhook.js';

export { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET } from './oauth/client.js';

interface Parts {
  ledger: Ledger;
  webhook: Webhook;
}

const partsByContext = new WeakMap<SandboxContext, Parts>();

/** The kit asks for seed, routes, control and page apart; all of them speak of the same books. */
function partsOf(context: SandboxContext): Parts {
  let parts = partsByContext.get(context);
  if (!parts) {
    const webhook = new Webhook(context, () => ledger.organisation().id);
    const ledger = new Ledger(context, (event) => webhook.announce(event));
    partsByContext.set(context, (parts = { ledger, webhook }));
  }
  return parts;
}

/** The accounting API of fact: one Australian organisation, its books kept by the cent. */
export const xeroSandbox: VendorSandbox = {
  key: 'xero',
  seed: (context) => seedLedger(partsOf(context).ledger),
  routes: (context) => vendorRoutes(context, partsOf(context).ledger),
  control: (context) => controlRoutes(partsOf(context).ledger, partsOf(context).webhook),
  errorBody: (status, request) => plannedFailure(status, request),
  documents: (context, number) => documentsNumbered(partsOf(context).ledger, number),
  page: (context) => ledgerPage(partsOf(context).ledger),
  environment: (url) => ({
    XERO_API_URL: url,
    XERO_IDENTITY_URL: url,
    XERO_AUTHORIZE_URL: `${url}/identity/connect/authorize`,
    XERO_APP_URL: url,
    XERO_CLIENT_ID: SANDBOX_CLIENT_ID,
    XERO_CLIENT_SECRET: SANDBOX_CLIENT_SECRET,
    XERO_WEBHOOK_KEY: SANDBOX_WEBHOOK_KEY,
  }),
  announceTo: (store, appUrl) => {
    const { webhook } = readOptions(store);
    // An address that somebody has set by hand stays.
    if (webhook && webhook.key !== SANDBOX_WEBHOOK_KEY) return;
    changeOptions(store, { webhook: { url: `${appUrl}/webhooks/xero`, key: SANDBOX_WEBHOOK_KEY } });
  },
};

function documentsNumbered(ledger: Ledger, number: string | undefined): unknown[] {
  const options = { unitDp: 4, isSingle: true } as const;
  const invoices = number === undefined ? ledger.invoices() : ledger.documentsByNumber('invoice', number);
  const notes = number === undefined ? ledger.creditNotes() : ledger.documentsByNumber('credit-note', number);
  return [
    ...invoices.map((invoice) => invoiceView(ledger, invoice, options)),
    ...notes.map((note) => creditNoteView(ledger, note, options)),
  ];
}

/** A failure on demand in the real wording: plain text when offline, nothing at all when over a limit or not found. */
function plannedFailure(status: number, request: Request): { contentType: string; body: string } {
  if (status === 503) return { contentType: 'text/plain', body: 'The Xero API is temporarily unavailable' };
  if (status === 429) return { contentType: '', body: '' };
  if (status === 404) return { contentType: 'text/html', body: '' };
  if (request.path.startsWith('/connect/')) return { contentType: 'application/json', body: '{"error":"invalid_grant"}' };
  const titles: Readonly<Record<number, [title: string, detail: string]>> = {
    401: ['Unauthorized', 'TokenExpired: token expired at 02/20/2025 08:32:50'],
    403: ['Forbidden', 'AuthenticationUnsuccessful'],
  };
  const [title, detail] = titles[status] ?? ['Error', 'An error occurred in Xero. Check the API Status page.'];
  const instance = '00000000-0000-0000-0000-00000000fa17';
  const body = JSON.stringify({ Type: null, Title: title, Status: status, Detail: detail, Instance: instance, Extensions: {} });
  return { contentType: 'application/json', body };
}
