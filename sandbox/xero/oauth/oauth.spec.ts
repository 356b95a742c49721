import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_CLIENT_ID } from './client.js';
import {
  ALL_SCOPES,
  basicAuthorization,
  connectedSandbox,
  consent,
  consentRedirect,
  REDIRECT_URI,
  token,
  type TestClient,
} from '../test-client.fixture.js';

const MINUTE = 60_000;
let client: TestClient;
const url = () => client.sandbox.url;
const advance = (milliseconds: number) => client.sandbox.clock.advance(milliseconds);
const connect = async () => {
  const code = await consent(url(), ALL_SCOPES);
  return (await token(url(), { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI })).json;
};
const refresh = (refresh_token: string) => token(url(), { grant_type: 'refresh_token', refresh_token });
const organisation = (accessToken: string) => client.api('GET', '/Organisation', undefined, { authorization: `Bearer ${accessToken}` });

beforeAll(async () => void (client = await connectedSandbox()));
afterAll(() => client.close());

describe('consent', () => {
  it('shows a page with both buttons and carries state and PKCE through, escaped', async () => {
    const query = new URLSearchParams({
      client_id: SANDBOX_CLIENT_ID,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: ALL_SCOPES,
      state: '"><b>',
    });
    const page = await (await fetch(`${url()}/identity/connect/authorize?${query}`)).text();
    expect(page).toContain('Allow access');
    expect(page).toContain('Cancel');
    expect(page).toContain('Lumen IT Pty Ltd');
    expect(page).not.toContain('<b>');
  });

  it('answers access_denied when cancelled', async () => {
    const back = await consentRedirect(url(), { scope: ALL_SCOPES, decision: 'cancel' });
    expect(back.searchParams.get('error')).toBe('access_denied');
    expect(back.searchParams.get('state')).toBe('state-1');
  });

  it('refuses broad scopes, unknown clients and the loopback address in figures', async () => {
    expect(await consent(url(), 'offline_access accounting.transactions')).toBe('error:invalid_scope');
    expect(await consent(url(), ALL_SCOPES, { client_id: 'other' })).toBe('error:400');
    expect(await consent(url(), ALL_SCOPES, { redirect_uri: 'http://127.0.0.1:3000/oauth/callback' })).toBe('error:400');
  });
});

describe('the code', () => {
  it('works once, for its redirect address, for five minutes, with the right secret', async () => {
    const redeem = (code: string, redirect_uri = REDIRECT_URI, authorization = basicAuthorization()) =>
      token(url(), { grant_type: 'authorization_code', code, redirect_uri }, authorization);
    const code = await consent(url(), ALL_SCOPES);
    expect((await redeem(code, REDIRECT_URI, basicAuthorization(SANDBOX_CLIENT_ID, 'wrong'))).json).toEqual({ error: 'invalid_client' });
    expect((await redeem(code, 'http://localhost:3000/other')).json).toEqual({ error: 'invalid_grant' });
    expect((await redeem(code)).json).toMatchObject({ token_type: 'Bearer', expires_in: 1_800 });
    expect((await redeem(code)).json).toEqual({ error: 'invalid_grant' });
    const late = await consent(url(), ALL_SCOPES);
    advance(5 * MINUTE + 1_000);
    expect((await redeem(late)).status).toBe(400);
  });

  it('asks for the PKCE verifier that fits the challenge', async () => {
    const verifier = 'v'.repeat(43);
    const code_challenge = createHash('sha256').update(verifier).digest('base64url');
    const code = await consent(url(), ALL_SCOPES, { code_challenge, code_challenge_method: 'S256' });
    const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, client_id: SANDBOX_CLIENT_ID };
    expect((await token(url(), { ...form, code_verifier: 'x'.repeat(43) }, '')).json).toEqual({ error: 'invalid_grant' });
    const issued = await token(url(), { ...form, code_verifier: verifier }, '');
    expect(issued.status).toBe(200);
    const again = { grant_type: 'refresh_token', refresh_token: issued.json['refresh_token'] as string, client_id: SANDBOX_CLIENT_ID };
    expect((await token(url(), again, '')).status).toBe(200);
  });

  it('gives no refresh token without offline_access', async () => {
    const code = await consent(url(), 'accounting.contacts');
    const issued = await token(url(), { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI });
    expect(issued.json['access_token']).toBeTypeOf('string');
    expect(issued.json).not.toHaveProperty('refresh_token');
  });
});

describe('refresh tokens', () => {
  it('rotate, and the one before works for thirty minutes more', async () => {
    const first = await connect();
    const second = (await refresh(first['refresh_token'])).json;
    expect(second['refresh_token']).not.toBe(first['refresh_token']);
    advance(29 * MINUTE);
    expect((await refresh(first['refresh_token'])).status).toBe(200);
    advance(2 * MINUTE);
    expect(await refresh(first['refresh_token'])).toMatchObject({ status: 400, json: { error: 'invalid_grant' } });
    expect((await refresh(second['refresh_token'])).status).toBe(200);
  });

  it('die after sixty days unused', async () => {
    const { refresh_token } = await connect();
    advance(60 * 24 * 60 * MINUTE + MINUTE);
    expect((await refresh(refresh_token)).json).toEqual({ error: 'invalid_grant' });
  });

  it('die with the consent when revoked, and the connections go too', async () => {
    const { access_token, refresh_token } = await connect();
    expect((await organisation(access_token)).status).toBe(200);
    const revoked = await fetch(`${url()}/connect/revocation`, {
      method: 'POST',
      body: new URLSearchParams({ token: refresh_token }),
      headers: { authorization: basicAuthorization() },
    });
    expect([revoked.status, await revoked.text()]).toEqual([200, '']);
    expect((await refresh(refresh_token)).status).toBe(400);
    expect((await organisation(access_token)).status).toBe(401);
  });
});

describe('access', () => {
  it('ends after 1,800 seconds of the sandbox clock, in the words of the vendor', async () => {
    const { access_token } = await connect();
    advance(1_799_000);
    expect((await organisation(access_token)).status).toBe(200);
    advance(2_000);
    const late = await organisation(access_token);
    expect(late.status).toBe(401);
    expect(late.json).toMatchObject({ Type: null, Title: 'Unauthorized', Status: 401, Extensions: {} });
    expect(late.json['Detail']).toMatch(/^TokenExpired: token expired at \d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d$/);
  });

  it('lists connections as a bare camelCase array, and one removed is forbidden from then on', async () => {
    const { access_token } = await connect();
    const headers = { authorization: `Bearer ${access_token}` };
    const list = (await (await fetch(`${url()}/connections`, { headers })).json()) as Record<string, string>[];
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({ tenantId: client.tenantId, tenantType: 'ORGANISATION', tenantName: 'Lumen IT Pty Ltd' });
    expect(list[0]?.['createdDateUtc']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}$/);
    const remove = () => fetch(`${url()}/connections/${list[0]?.['id']}`, { method: 'DELETE', headers });
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(404);
    expect(await organisation(access_token)).toMatchObject({
      status: 403,
      json: { Title: 'Forbidden', Detail: 'AuthenticationUnsuccessful' },
    });
  });

  it('keeps to the scopes', async () => {
    const code = await consent(url(), 'accounting.settings.read');
    const { access_token } = (await token(url(), { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI })).json;
    expect((await organisation(access_token)).status).toBe(200);
    const refused = await client.api('GET', '/Invoices', undefined, { authorization: `Bearer ${access_token}` });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('insufficient_scope');
  });

  it('refuses a token that somebody wrote', async () => {
    const [head, , signature] = client.tokens.access_token.split('.');
    const forged = `${head}.${Buffer.from(JSON.stringify({ grant: 'x', exp: 9e9 })).toString('base64url')}.${signature}`;
    expect((await organisation(forged)).status).toBe(401);
    expect((await organisation('nonsense')).status).toBe(401);
  });
});
