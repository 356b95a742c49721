import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ATTACKER, FOREIGN_TID, GOOGLE_CLIENT, LUMEN_TID, MICROSOFT_CLIENT, personByKey, STRANGER, UNVERIFIED } from '../msp/people.js';
import { Browser } from './browser.fixture.js';
import { startIdentity, type RunningIdentity } from './index.js';
import { startRelyingApp, type RelyingApp } from './relying-app.fixture.js';

const dataDir = mkdtempSync(join(tmpdir(), 'sandbox-identity-'));
let identity: RunningIdentity;
let app: RelyingApp;

beforeAll(async () => {
  identity = await startIdentity({ dataDir, httpPort: 0, httpsPort: 0, seed: 1 });
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(identity.caFile, 'utf8')]);
  app = await startRelyingApp(identity);
});

afterAll(async () => {
  await app.close();
  await identity.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('Microsoft shape, through passport-azure-ad', () => {
  it('signs a member of the directory in, without the browser ever seeing https', async () => {
    const browser = new Browser();
    const page = await browser.visit(`${app.url}/microsoft`);
    expect(page.status).toBe(200);
    expect(page.body).toContain('Olivia Marsh');
    expect(page.body).toContain('Mallory Foreign');
    expect(page.body).not.toContain('Uma Unverified');
    const signedIn = await browser.press(page, 'person', 'owner');
    const owner = personByKey('owner');
    expect(JSON.parse(signedIn.body)).toMatchObject({
      ver: '2.0',
      iss: `${identity.httpsUrl}/${LUMEN_TID}/v2.0`,
      aud: MICROSOFT_CLIENT.id,
      tid: LUMEN_TID,
      oid: owner.microsoft?.oid,
      preferred_username: 'owner@lumen.example',
      email: 'owner@lumen.example',
      name: 'Olivia Marsh',
    });
    expect(browser.visited.filter((address) => address.startsWith('https:'))).toEqual([]);
  });

  it('serves the same flow over https to the strategy as it comes', async () => {
    const browser = new Browser();
    const page = await browser.visit(`${app.url}/microsoft-https`);
    const signedIn = await browser.press(page, 'person', STRANGER.key);
    expect(JSON.parse(signedIn.body)).toMatchObject({ oid: STRANGER.microsoft?.oid, email: STRANGER.email });
    expect(browser.visited.some((address) => address.startsWith(`${identity.httpsUrl}/${LUMEN_TID}/oauth2/v2.0/authorize`))).toBe(true);
  });

  it('names the foreign directory of the attacker, so that checking the issuer keeps her out', async () => {
    const browser = new Browser();
    const refused = await browser.press(await browser.visit(`${app.url}/microsoft`), 'person', ATTACKER.key);
    expect(refused.url).toBe(`${app.url}/refused`);
  });

  it('lets the attacker claim the owner’s e-mail in an app that checks no issuer', async () => {
    const browser = new Browser();
    const entered = await browser.press(await browser.visit(`${app.url}/microsoft-careless`), 'person', ATTACKER.key);
    expect(JSON.parse(entered.body)).toMatchObject({ tid: FOREIGN_TID, email: 'owner@lumen.example' });
  });

  it('refuses a forged state, a code used twice and a person who cancels', async () => {
    const browser = new Browser();
    const page = await browser.visit(`${app.url}/microsoft`);
    const callback = await browser.location(page, 'person', 'owner');
    const forged = new URL(callback);
    forged.searchParams.set('state', 'forged');
    expect((await browser.visit(forged.href)).url).toBe(`${app.url}/refused`);
    const again = await browser.location(await browser.visit(`${app.url}/microsoft`), 'person', 'owner');
    expect((await browser.visit(again)).status).toBe(200);
    expect((await browser.visit(again)).url).toBe(`${app.url}/refused`);
    const cancelled = await browser.press(await browser.visit(`${app.url}/microsoft`), 'person', 'cancel');
    expect(cancelled.url).toBe(`${app.url}/refused`);
  });
});

describe('Google shape, through passport-google-oauth20', () => {
  it('signs in with state and PKCE, and says whether the e-mail is verified', async () => {
    for (const [key, verified] of [
      ['dana', true],
      [UNVERIFIED.key, false],
    ] as const) {
      const browser = new Browser();
      const page = await browser.visit(`${app.url}/google`);
      expect(new URL(page.url).searchParams.get('code_challenge_method')).toBe('S256');
      const person = personByKey(key);
      const signedIn = JSON.parse((await browser.press(page, 'person', key)).body);
      expect(signedIn).toMatchObject({ sub: person.google?.sub, email: person.email, email_verified: verified, name: person.name });
      expect(signedIn.hd).toBe(person.google?.hostedDomain);
    }
  });

  it('refuses a forged state', async () => {
    const browser = new Browser();
    const callback = new URL(await browser.location(await browser.visit(`${app.url}/google`), 'person', 'dana'));
    callback.searchParams.set('state', 'forged');
    expect((await browser.visit(callback.href)).url).toBe(`${app.url}/refused`);
  });

  it('gives no token for a wrong verifier, secret or return address, and none for a code that was refused once', async () => {
    const redirectUri = 'http://localhost:9/anything';
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const code = async (): Promise<string> => {
      const url = new URL(identity.google.authorizationURL);
      const asked = { client_id: GOOGLE_CLIENT.id, redirect_uri: redirectUri, response_type: 'code', scope: 'email' };
      url.search = new URLSearchParams({ ...asked, code_challenge: challenge, code_challenge_method: 'S256', person: 'mei' }).toString();
      const answer = await fetch(url, { redirect: 'manual' });
      return new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
    };
    const redeem = async (changed: Record<string, string>): Promise<{ status: number; error?: string }> => {
      const client = { client_id: GOOGLE_CLIENT.id, client_secret: GOOGLE_CLIENT.secret };
      const right = { ...client, grant_type: 'authorization_code', redirect_uri: redirectUri, code_verifier: verifier };
      const answer = await fetch(identity.google.tokenURL, { method: 'POST', body: new URLSearchParams({ ...right, ...changed }) });
      return { status: answer.status, ...((await answer.json()) as { error?: string }) };
    };
    expect(await redeem({ code: await code() })).toMatchObject({ status: 200, token_type: 'Bearer' });
    expect(await redeem({ code: await code(), client_secret: 'wrong' })).toMatchObject({ status: 401, error: 'invalid_client' });
    expect(await redeem({ code: await code(), redirect_uri: 'http://localhost:9/other' })).toMatchObject({ error: 'invalid_grant' });
    const burned = await code();
    expect(await redeem({ code: burned, code_verifier: 'wrong' })).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await redeem({ code: burned })).toMatchObject({ status: 400, error: 'invalid_grant' });
    const late = await code();
    identity.clock.advance(11 * 60_000);
    expect(await redeem({ code: late })).toMatchObject({ status: 400, error: 'invalid_grant' });
    identity.clock.reset();
  });
});

it('says at each key of Microsoft whose tokens it signs, as Microsoft does', async () => {
  const answer = await fetch(`${identity.httpsUrl}/common/discovery/v2.0/keys`);
  expect(await answer.json()).toEqual({ keys: [expect.objectContaining({ issuer: `${identity.httpsUrl}/{tenantid}/v2.0` })] });
});

describe('what is shown instead of a redirect', () => {
  it.each([
    ['another client', { client_id: 'someone-else' }],
    ['a return address elsewhere', { redirect_uri: 'http://evil.example/callback' }],
    ['a loopback look-alike', { redirect_uri: 'http://127.0.0.1.evil.example/callback' }],
    ['a script', { redirect_uri: 'javascript:alert(1)' }],
  ])('%s', async (_name, changed) => {
    const right = { client_id: GOOGLE_CLIENT.id, redirect_uri: 'http://127.0.0.1:1/callback', response_type: 'code', scope: 'email' };
    const url = `${identity.google.authorizationURL}?${new URLSearchParams({ ...right, ...changed, person: 'mei' })}`;
    const answer = await fetch(url, { redirect: 'manual' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });
});

it('comes back after a restart with the same certificate and signing key', async () => {
  // Through the plain provider: Microsoft's list names each key's issuer, which is an address and moves with the port.
  const keys = async (running: RunningIdentity): Promise<unknown> => (await fetch(`${running.companyIssuer}/keys`)).json();
  const folder = mkdtempSync(join(dataDir, 'restart-'));
  const first = await startIdentity({ dataDir: folder, httpPort: 0, httpsPort: 0, seed: 1 });
  const ca = readFileSync(first.caFile, 'utf8');
  setDefaultCACertificates([...getCACertificates('default'), ca]);
  const before = await keys(first);
  await first.close();
  const second = await startIdentity({ dataDir: folder, httpPort: 0, httpsPort: 0, seed: 1 });
  try {
    expect(readFileSync(second.caFile, 'utf8')).toBe(ca);
    expect(await keys(second)).toEqual(before);
  } finally {
    await second.close();
  }
});
