import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConnectedClient } from './connected-client.fixture.js';
import { SANDBOX_CLIENT_ID, SANDBOX_REALM_ID, SANDBOX_SCOPE } from './constants.js';

const HOUR = 3_600_000;

describe('the life of a grant', () => {
  let client: ConnectedClient;
  beforeEach(async () => {
    client = await ConnectedClient.start();
  });
  afterEach(() => client.stop());

  async function tokens() {
    return (await client.exchange(await client.authorize())).body;
  }
  async function apiStatus(accessToken: string) {
    client.accessToken = accessToken;
    return (await client.get('/companyinfo/1')).status;
  }

  it('shows a page with a plain Connect button and escapes what the app sent', async () => {
    const query = new URLSearchParams({
      client_id: SANDBOX_CLIENT_ID,
      response_type: 'code',
      scope: SANDBOX_SCOPE,
      redirect_uri: 'http://127.0.0.1:9/callback',
      state: '"><script>x</script>',
    });
    const response = await fetch(`${client.sandbox.url}/connect/oauth2?${query}`);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain('>Connect</button>');
    expect(html).not.toContain('<script>');
    query.set('client_id', 'another');
    expect((await fetch(`${client.sandbox.url}/connect/oauth2?${query}`)).status).toBe(400);
  });

  it('comes back with code, state and realm, or with access_denied', async () => {
    const connected = (await client.decide('connect')).searchParams;
    expect(connected.get('state')).toBe('state-1');
    expect(connected.get('realmId')).toBe(SANDBOX_REALM_ID);
    const refused = (await client.decide('cancel')).searchParams;
    expect(Object.fromEntries(refused)).toEqual({ error: 'access_denied', state: 'state-1' });
  });

  it('gives tokens with both lifetimes, the hard one only when asked', async () => {
    const given = await tokens();
    expect(given).toMatchObject({ token_type: 'bearer', expires_in: 3600, x_refresh_token_expires_in: 8_726_400 });
    expect(given).not.toHaveProperty('x_refresh_token_hard_expires_in');
    const form = { grant_type: 'refresh_token', refresh_token: given.refresh_token };
    const asked = await client.token(form, { 'x-include-refresh-token-hard-expires-in': 'true' });
    expect(asked.body.x_refresh_token_hard_expires_in).toBeGreaterThan(157_600_000);
  });

  it('takes the tokens back when a code comes twice', async () => {
    const code = await client.authorize();
    const { access_token } = (await client.exchange(code)).body;
    expect(await apiStatus(access_token)).toBe(200);
    const again = await client.exchange(code);
    expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
    expect(await apiStatus(access_token)).toBe(401);
  });

  it('refuses a wrong secret, a wrong redirect address and an old code', async () => {
    const code = await client.authorize();
    const form = { grant_type: 'authorization_code', code, redirect_uri: 'http://127.0.0.1:9/callback' };
    expect((await client.token(form, { authorization: 'Basic bm86bm8=' })).status).toBe(401);
    expect((await client.token({ ...form, redirect_uri: 'http://127.0.0.1:9/other' })).body.error).toBe('invalid_grant');
    client.sandbox.clock.advance(11 * 60_000);
    expect((await client.token(form)).body.error).toBe('invalid_grant');
  });

  it('changes the refresh value on every refresh; the old one lives a day longer', async () => {
    const first = await tokens();
    const second = (await client.refresh(first.refresh_token)).body;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const late = (await client.refresh(first.refresh_token)).body;
    expect(late.refresh_token).toBe(second.refresh_token);
    client.sandbox.clock.advance(25 * HOUR);
    expect((await client.refresh(first.refresh_token)).body.error).toBe('invalid_grant');
    expect((await client.refresh(second.refresh_token)).status).toBe(200);
  });

  it('can change the value once a day instead', async () => {
    await client.control('/options', { refreshRotation: 'daily' });
    const first = await tokens();
    expect((await client.refresh(first.refresh_token)).body.refresh_token).toBe(first.refresh_token);
    client.sandbox.clock.advance(24 * HOUR);
    expect((await client.refresh(first.refresh_token)).body.refresh_token).not.toBe(first.refresh_token);
  });

  it('lets access tokens die after an hour, idle grants after 101 days and all grants after five years', async () => {
    const idle = await tokens();
    client.sandbox.clock.advance(HOUR);
    client.accessToken = idle.access_token;
    const expired = await client.get('/companyinfo/1');
    expect(expired.status).toBe(401);
    expect(expired.body.fault?.error[0]?.code).toBe('3200');
    client.sandbox.clock.advance(101 * 24 * HOUR);
    expect((await client.refresh(idle.refresh_token)).body.error).toBe('invalid_grant');
    let value = (await tokens()).refresh_token;
    for (let days = 0; days < 1800; days += 90) {
      client.sandbox.clock.advance(90 * 24 * HOUR);
      value = (await client.refresh(value)).body.refresh_token;
    }
    expect(value).toMatch(/^RT1-/);
    client.sandbox.clock.advance(60 * 24 * HOUR);
    expect((await client.refresh(value)).body.error).toBe('invalid_grant');
  });

  it('revokes by either token, as JSON and as a form', async () => {
    const one = await tokens();
    const json = await client.revoke(JSON.stringify({ token: one.refresh_token }), { 'content-type': 'application/json' });
    expect(json.status).toBe(200);
    expect(await apiStatus(one.access_token)).toBe(401);
    const two = await tokens();
    expect((await client.revoke(new URLSearchParams({ token: two.access_token }))).status).toBe(200);
    expect((await client.refresh(two.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('answers another company with the gateway 403', async () => {
    const url = `${client.sandbox.url}/v3/company/123/companyinfo/123`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${client.accessToken}`, accept: 'application/json' } });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ fault: { error: [{ code: '3100' }] } });
  });
});
