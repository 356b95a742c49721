/** The one app that the sandbox knows; its secret is public on purpose, because nothing real answers to it. */
export const SANDBOX_CLIENT_ID = 'C0FFEE5A9DB0C5C0DE00000000000001';
export const SANDBOX_CLIENT_SECRET = 'sandbox-secret-of-no-real-app';
/** Signs what the sandbox sends to the app. */
export const SANDBOX_WEBHOOK_KEY = 'sandbox-webhook-key-of-no-real-app';
export const SANDBOX_APP_NAME = 'Countersign (sandbox)';

const GRANULAR = [
  'accounting.invoices',
  'accounting.payments',
  'accounting.banktransactions',
  'accounting.manualjournals',
  'accounting.settings',
  'accounting.contacts',
  'accounting.attachments',
];
const KNOWN_SCOPES = new Set(['offline_access', ...GRANULAR, ...GRANULAR.map((scope) => `${scope}.read`)]);

/** Apps made since March 2026 get `invalid_scope` for the broad scopes, as for invented ones. */
export function unknownScopes(scopes: readonly string[]): string[] {
  return scopes.filter((scope) => !KNOWN_SCOPES.has(scope));
}

/** Redirects go to https, or to http on the word localhost; the loopback address in figures is refused. */
export function isAllowedRedirect(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname } = new URL(uri);
  return protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost');
}
