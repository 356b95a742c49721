import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CODE_VERIFIER, connectedXero, consent, REDIRECT_URI, xeroEnvironmentFor, type ConnectedXero } from '../../support/xero.js';
import { XeroConnector } from '../../../src/connectors/xero/xero.module.js';

let xero: ConnectedXero;
beforeAll(async () => void (xero = await connectedXero()));
afterAll(() => xero.close());

const exchange = (query: Record<string, string>, connector = xero.connector) =>
  connector.connect.exchange({ query, redirectUri: REDIRECT_URI, codeVerifier: CODE_VERIFIER });

describe('connecting', () => {
  it('sends the person to the vendor with state, PKCE and the granular scopes only', () => {
    const page = new URL(xero.connector.connect.authorizeUrl({ state: 's/1', redirectUri: REDIRECT_URI, codeChallenge: 'challenge' }));
    expect(Object.fromEntries(page.searchParams)).toMatchObject({
      response_type: 'code',
      state: 's/1',
      redirect_uri: REDIRECT_URI,
      code_challenge: 'challenge',
      code_challenge_method: 'S256',
      scope: 'offline_access accounting.invoices accounting.payments accounting.contacts accounting.settings.read accounting.attachments',
    });
  });

  it('brings tokens and the organisations that they open', async () => {
    const grant = await exchange(await consent(xero.connector));
    expect(grant.accounts).toEqual([{ externalAccountId: xero.context.externalAccountId, label: 'Lumen IT Pty Ltd' }]);
    expect(Object.keys(grant.credentials).sort()).toEqual(['accessToken', 'expiresIn', 'refreshToken']);
  });

  it('says so when the person refused', async () => {
    await expect(exchange(await consent(xero.connector, 'cancel'))).rejects.toMatchObject({
      kind: 'grant_expired',
      message: expect.stringContaining('was not allowed') as string,
      details: { vendorCode: 'access_denied' },
    });
  });

  it('takes no code twice, none that another verifier asked for, and no callback without one', async () => {
    const query = await consent(xero.connector);
    await exchange(query);
    await expect(exchange(query)).rejects.toMatchObject({ kind: 'grant_expired' });
    const other = await consent(xero.connector);
    const stolen = xero.connector.connect.exchange({ query: other, redirectUri: REDIRECT_URI, codeVerifier: 'w'.repeat(43) });
    await expect(stolen).rejects.toMatchObject({ kind: 'grant_expired' });
    await expect(exchange({ state: 'state-1' })).rejects.toMatchObject({ kind: 'grant_expired' });
  });

  it('names the setting that is wrong', async () => {
    const wrongSecret = new XeroConnector(xeroEnvironmentFor(xero.sandbox.url, { XERO_CLIENT_SECRET: 'wrong' }));
    await expect(exchange(await consent(xero.connector), wrongSecret)).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('XERO_CLIENT_SECRET') as string,
    });
    const none = new XeroConnector({});
    expect(() => none.connect.authorizeUrl({ state: 's', redirectUri: REDIRECT_URI, codeChallenge: 'c' })).toThrow(/XERO_CLIENT_ID/);
  });

  it('works for an app without a secret, by PKCE alone', async () => {
    const app = new XeroConnector(xeroEnvironmentFor(xero.sandbox.url, { XERO_CLIENT_SECRET: '' }));
    const grant = await exchange(await consent(app), app);
    await expect(app.connect.refresh(grant.credentials)).resolves.toHaveProperty('accessToken');
  });
});

describe('refreshing', () => {
  it('rotates the refresh token, and the old one serves a lost answer for half an hour', async () => {
    const { credentials } = await exchange(await consent(xero.connector));
    const second = await xero.connector.connect.refresh(credentials);
    expect(second['refreshToken']).not.toBe(credentials['refreshToken']);
    await expect(xero.connector.connect.refresh(credentials)).resolves.toHaveProperty('refreshToken');
    xero.sandbox.clock.advance(31 * 60_000);
    await expect(xero.connector.connect.refresh(credentials)).rejects.toMatchObject({
      kind: 'grant_expired',
      details: { status: 400, vendorCode: 'invalid_grant' },
    });
    xero.sandbox.clock.reset();
  });

  it.each([
    [{ mode: 'status' as const, status: 503 }, 'unavailable'],
    [{ mode: 'drop-after-commit' as const, status: 503 }, 'unavailable'],
    [{ mode: 'malformed' as const, status: 503 }, 'unreadable'],
  ])('tells %o as %s', async (fault, kind) => {
    const { credentials } = await exchange(await consent(xero.connector));
    xero.sandbox.faults.plan({ match: { path: '/connect/token' }, delayMs: 0, count: 1, ...fault });
    await expect(xero.connector.connect.refresh(credentials)).rejects.toMatchObject({ kind });
    await expect(xero.connector.connect.refresh(credentials)).resolves.toHaveProperty('accessToken');
  });

  it('is asked for once by calls that run side by side on an expired token', async () => {
    xero.sandbox.clock.advance(31 * 60_000);
    const before = xero.context.credentials.renewals;
    await Promise.all([xero.ledger.profile(), xero.ledger.profile(), xero.ledger.find('invoice', ['1'])]);
    expect(xero.context.credentials.renewals).toBe(before + 1);
    xero.sandbox.clock.reset();
  });
});

describe('revoking', () => {
  it('ends the grant', async () => {
    const { credentials } = await exchange(await consent(xero.connector));
    await xero.connector.connect.revoke(credentials);
    await expect(xero.connector.connect.refresh(credentials)).rejects.toMatchObject({ kind: 'grant_expired' });
  });
});
