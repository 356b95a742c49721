/** What the sandbox knows its one app and its one company by; demos and tests sign in with these. */
export const SANDBOX_CLIENT_ID = 'ABq7sandboxLumenItClientId0000000000000000000000';
export const SANDBOX_CLIENT_SECRET = 'sandbox-only-client-secret';
/** Nineteen digits on purpose: a client that turns it into a number loses the last ones. */
export const SANDBOX_REALM_ID = '9341452987650123457';
export const SANDBOX_VERIFIER_TOKEN = '5f2c1f0e-6d0b-4c6e-9d5b-sandbox00001';
export const SANDBOX_SCOPE = 'com.intuit.quickbooks.accounting';
