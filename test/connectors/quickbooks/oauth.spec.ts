import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  connectedQuickbooks,
  consent,
  quickbooksEnvironmentFor,
  REDIRECT_URI,
  type ConnectedQuickbooks,
} from '../../support/quickbooks.js';
import type { Credentials } from '../../../src/ports/connector.js';
import { QuickbooksConnector } from '../../../src/connectors/quickbooks/quickbooks.module.js';
import { SANDBOX_CLIENT_SECRET, SANDBOX_REALM_ID } from '../../../sandbox/quickbooks/index.js';

let quickbooks: ConnectedQuickbooks;
let connector: QuickbooksConnector;

beforeAll(async () => {
  quickbooks = await connectedQuickbooks();
  connector = quickbooks.connector;
});
afterAll(() => quickbooks.close());
beforeEach(() => quickbooks.sandbox.faults.clear());

const exchange = (query: Record<string, string>) => connector.connect.exchange({ query, redirectUri: REDIRECT_URI, codeVerifier: 'x' });
const fail = (path: string, more: Record<string, unknown>) => quickbooks.control('/faults', { match: { path }, ...more });
const opened = (credentials: Credentials) =>
  connector.open({
    ...quickbooks.context,
    credentials: { current: () => Promise.resolve(credentials), renew: () => Promise.resolve(credentials) },
  }).ledger;

describe('connecting', () => {
  it('asks for accounting and nothing else, and brings back the company by its own 19-digit id and name', async () => {
    const url = new URL(connector.connect.authorizeUrl({ state: 's', redirectUri: REDIRECT_URI, codeChallenge: 'c' }));
    expect(url.searchParams.get('scope')).toBe('com.intuit.quickbooks.accounting');
    expect(url.searchParams.get('state')).toBe('s');
    const grant = await exchange(await consent(connector));
    expect(grant.accounts).toEqual([{ externalAccountId: SANDBOX_REALM_ID, label: 'Lumen IT LLC' }]);
    expect(Object.keys(grant.credentials).sort()).toEqual(['accessToken', 'expiresIn', 'refreshToken']);
    expect(await opened(grant.credentials)?.check()).toMatchObject({ ok: true, sentence: 'Connected to Lumen IT LLC.' });
  });

  it('a person who says no is told so, and any other refusal is named', async () => {
    await expect(exchange(await consent(connector, 'cancel'))).rejects.toMatchObject({
      kind: 'grant_expired',
      message: expect.stringContaining('not allowed') as string,
    });
    await expect(exchange({ error: 'temporarily_down' })).rejects.toMatchObject({
      kind: 'grant_expired',
      details: { vendorCode: 'temporarily_down' },
    });
    await expect(exchange({})).rejects.toMatchObject({ kind: 'grant_expired' });
    await expect(exchange({ code: 'x', realmId: '1/../2' })).rejects.toMatchObject({ kind: 'grant_expired' });
  });

  it('a code that was used before ends in reconnecting', async () => {
    const query = await consent(connector);
    await exchange(query);
    await expect(exchange(query)).rejects.toMatchObject({ kind: 'grant_expired', details: { vendorCode: 'invalid_grant' } });
  });

  it('a company that the consent does not open is not connected, and one without a name under its number', async () => {
    await expect(exchange({ ...(await consent(connector)), realmId: '4711' })).rejects.toMatchObject({ kind: 'grant_expired' });
    for (const trouble of [{ mode: 'status', status: 500 }, { mode: 'malformed' }, { mode: 'drop-after-commit' }]) {
      await fail('/companyinfo', trouble);
      const grant = await exchange(await consent(connector));
      expect(grant.accounts).toEqual([{ externalAccountId: SANDBOX_REALM_ID, label: `QuickBooks company ${SANDBOX_REALM_ID}` }]);
    }
  });

  it('without an app it says what to set', () => {
    const bare = new QuickbooksConnector({});
    const ask = () => bare.connect.authorizeUrl({ state: 's', redirectUri: REDIRECT_URI, codeChallenge: 'c' });
    expect(ask).toThrow('QUICKBOOKS_CLIENT_ID');
  });
});

describe('refreshing and revoking', () => {
  it('gives the new pair; after its grace the old one asks for a person', async () => {
    const { credentials } = await exchange(await consent(connector));
    const fresh = await connector.connect.refresh(credentials);
    expect(fresh['refreshToken']).not.toBe(credentials['refreshToken']);
    await quickbooks.control('/clock', { advanceMs: 25 * 3_600_000 });
    await expect(connector.connect.refresh(credentials)).rejects.toMatchObject({ kind: 'grant_expired' });
    expect(await connector.connect.refresh(fresh)).toHaveProperty('accessToken');
    await quickbooks.control('/clock', { reset: true });
  });

  it('the hard end after five years asks for a person, however often it was renewed', async () => {
    const { credentials } = await exchange(await consent(connector));
    await quickbooks.control('/clock', { advanceMs: 157_680_000_000 + 1_000 });
    await expect(connector.connect.refresh(credentials)).rejects.toMatchObject({ kind: 'grant_expired' });
    await quickbooks.control('/clock', { reset: true });
  });

  it('revoking ends the grant, and twice is once', async () => {
    const { credentials } = await exchange(await consent(connector));
    await connector.connect.revoke(credentials);
    await connector.connect.revoke(credentials);
    await connector.connect.revoke({ accessToken: '', refreshToken: 'never known' });
    await expect(connector.connect.refresh(credentials)).rejects.toMatchObject({ kind: 'grant_expired' });
    await expect(opened(credentials)?.profile()).rejects.toMatchObject({ kind: 'unauthorized' });
    await fail('/revoke', { mode: 'status', status: 503 });
    await expect(connector.connect.revoke(credentials)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    ['an outage', { mode: 'status', status: 503 }, 'unavailable'],
    ['a rate limit', { mode: 'status', status: 429 }, 'rate_limited'],
    ['a broken line', { mode: 'drop-after-commit' }, 'unavailable'],
    ['half an answer', { mode: 'malformed' }, 'unreadable'],
  ])('%s is no reason to reconnect, and names no secret', async (_name, trouble, kind) => {
    const { credentials } = await exchange(await consent(connector));
    await fail('/tokens/bearer', trouble);
    const error: unknown = await connector.connect.refresh(credentials).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind });
    const text = `${JSON.stringify(error)} ${String((error as Error).stack)}`;
    for (const secret of [SANDBOX_CLIENT_SECRET, credentials['refreshToken'] ?? '', 'Basic ']) expect(text).not.toContain(secret);
  });

  it('an app that is not known says which settings to check', async () => {
    const stranger = new QuickbooksConnector(quickbooksEnvironmentFor(quickbooks.sandbox.url, { QUICKBOOKS_CLIENT_SECRET: 'wrong' }));
    await expect(stranger.connect.refresh({ refreshToken: 'x' })).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('QUICKBOOKS_CLIENT_SECRET') as string,
    });
  });
});
