/** Goal: a passkey proves its own person, to this site, once for each challenge; nothing else does. Real HTTP, Postgres and P-256. */
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SecondFactors } from '../../src/identity/second-factors.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { TenantSettingsEntity } from '../../src/identity/tenant-settings.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import type { CookieBrowser } from '../support/cookie-browser.js';
import { callerIn, SESSION_COOKIE, SignInPeople } from '../support/sign-in-people.js';
import { SoftPasskey } from '../support/soft-passkey.js';
import { startSignInApp, type SignInApp } from './sign-in.fixture.js';

const BEFORE_COOKIE = 'countersign-sign-in';
const options = z.object({ challenge: z.string(), rp: z.object({ id: z.string() }).optional(), userVerification: z.string().optional() });
const outcome = z.object({ location: z.string().optional(), problem: z.string().optional(), stepUpRequired: z.boolean().optional() });
let app: SignInApp;
let people: SignInPeople;
let tenantId: string;
let number = 0;
let who: CookieBrowser;
let email: string;
let personId: string;

beforeAll(async () => {
  app = await startSignInApp();
  people = new SignInPeople(app);
  ({ tenantId } = await app.createTenant('Lumen', 'owner@lumen.example'));
});
afterAll(() => app.close());
beforeEach(async () => {
  ({ who, email, personId } = await newcomer());
});

async function newcomer(): Promise<{ who: CookieBrowser; email: string; personId: string }> {
  number += 1;
  const address = `key${number}@lumen.example`;
  const browser = people.browser();
  await people.invite(address, tenantId, 'admin');
  await browser.visit(await people.invitationLink(address));
  await people.withCode(browser, address);
  return { who: browser, email: address, personId: callerIn(await browser.visit('/invoices')).personId };
}

const later = (minutes: number): void => app.clock.advance(minutes * 60_000);

/** As the script of the pages does it. */
async function call(browser: CookieBrowser, path: string, body: object = {}): Promise<{ status: number; json: unknown }> {
  const cookies = [SESSION_COOKIE, BEFORE_COOKIE].flatMap((name) => (browser.cookie(name) ? [`${name}=${browser.cookie(name)}`] : []));
  const answer = await fetch(`${app.url}/sign-in/passkey${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      cookie: cookies.join('; '),
      'sec-fetch-site': 'same-origin',
    },
    body: JSON.stringify(body),
  });
  for (const line of answer.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    browser.setCookie(name, value);
  }
  return { status: answer.status, json: await answer.json() };
}

const challenge = async (path: string, browser = who): Promise<string> =>
  options.parse((await call(browser, `${path}/options`)).json).challenge;
const send = async (path: string, body: object, browser = who): Promise<[number, z.infer<typeof outcome>]> => {
  const { status, json } = await call(browser, path, body);
  return [status, outcome.parse(json)];
};
async function enrol(browser = who): Promise<SoftPasskey> {
  const key = new SoftPasskey(app.url);
  const [status, said] = await send('/new', { answer: key.make(await challenge('/new', browser)), name: 'Laptop' }, browser);
  expect([status, said.location]).toEqual([200, '/sign-in/passkey/codes?returnTo=%2F']);
  return key;
}
const mails = async (): Promise<string[]> => (await app.mailTo(email)).map(({ subject }) => subject);

describe('adding one', () => {
  it('counts as a factor, makes recovery codes that are shown once, and is told by e-mail', async () => {
    await enrol();
    const page = await who.visit('/sign-in/passkey/codes?returnTo=/invoices');
    const codes = [...page.body.matchAll(/<li>([A-Z2-9]{5}-[A-Z2-9]{5})</g)].map(([, code = '']) => code);
    expect(codes).toHaveLength(10);
    expect((await who.visit('/sign-in/passkey/codes?returnTo=/invoices')).path).toBe('/invoices');
    expect(await mails()).toContain('A passkey was added to your account');
    later(11);
    expect((await who.post('/sign-in/confirm', { code: codes[0] ?? '', returnTo: '/invoices' })).path).toBe('/invoices');
    expect(await mails()).toContain('A recovery code was used to confirm your account');
  });

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another site', { rpId: 'evil.example' }],
    ['nobody unlocked', { unverified: true }],
  ])('is refused for %s', async (_name, fault) => {
    const answer = new SoftPasskey(app.url).make(await challenge('/new'), fault);
    expect((await send('/new', { answer }))[0]).toBe(422);
    expect(await app.get(SecondFactors).hasAny(personId)).toBe(false);
  });

  it('is refused for the challenge of another person, a challenge for another use, none at all, and a second time', async () => {
    const key = new SoftPasskey(app.url);
    expect((await send('/new', { answer: key.make('bm9uZQ') }))[0]).toBe(422);
    expect((await send('/new', { answer: key.make(await challenge('')) }))[0]).toBe(422);
    const other = await newcomer();
    const theirs = await challenge('/new', other.who);
    who.setCookie(BEFORE_COOKIE, other.who.cookie(BEFORE_COOKIE) ?? '');
    expect((await send('/new', { answer: key.make(theirs) }))[0]).toBe(422);
    const mine = await challenge('/new');
    const cookie = who.cookie(BEFORE_COOKIE) ?? '';
    expect((await send('/new', { answer: key.make(mine) }))[0]).toBe(200);
    who.setCookie(BEFORE_COOKIE, cookie);
    expect((await send('/new', { answer: new SoftPasskey(app.url).make(mine) }))[0]).toBe(422);
    expect((await send('/new', { answer: key.make(await challenge('/new')) }))[0]).toBe(422);
  });

  it('asks for a fresh proof, and for a session', async () => {
    later(11);
    const asked = await send('/new/options', {});
    expect([asked[0], asked[1].stepUpRequired]).toEqual([403, true]);
    expect((await call(people.browser(), '/options')).status).toBe(401);
  });
});

describe('proving with one', () => {
  it('lets in where the company demands a factor, under a new id of the session', async () => {
    const key = await enrol();
    const tx = app.get(TenantTransaction);
    const demand = (secondFactor: 'none' | 'admins') =>
      tx.run(tenantId, () => tx.rows(TenantSettingsEntity).update({ tenantId }, { secondFactor }));
    await demand('admins');
    const other = people.browser();
    await people.withCode(other, email);
    const page = await other.visit('/invoices');
    expect(page.path).toBe('/sign-in/confirm');
    expect(page.body).toContain('Use a passkey');
    const old = other.cookie(SESSION_COOKIE);
    const answer = key.use(await challenge('', other));
    expect(await send('', { answer, returnTo: '/invoices' }, other)).toEqual([200, { location: '/invoices' }]);
    expect(other.cookie(SESSION_COOKIE)).not.toBe(old);
    callerIn(await other.visit('/invoices'));
    await demand('none');
    expect((await who.visit('/sign-in/authenticator')).body).not.toContain('data-passkey="add"');
    expect((await (await newcomer()).who.visit('/sign-in/authenticator')).body).toContain('data-passkey="add"');
  });

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another site', { rpId: 'evil.example' }],
    ['nobody unlocked', { unverified: true }],
  ])('is refused for %s', async (_name, fault) => {
    const key = await enrol();
    expect((await send('', { answer: key.use(await challenge(''), fault) }))[0]).toBe(422);
  });

  it('is refused for an answer sent again, also when another came between', async () => {
    const key = await enrol();
    const first = await challenge('');
    const cookie = who.cookie(BEFORE_COOKIE) ?? '';
    const answer = key.use(first);
    expect((await send('', { answer }))[0]).toBe(200);
    expect((await send('', { answer: key.use(await challenge('')) }))[0]).toBe(200);
    who.setCookie(BEFORE_COOKIE, cookie);
    expect((await send('', { answer }))[0]).toBe(422);
  });

  it('is refused for the passkey of somebody else and for a counter that went back', async () => {
    const other = await newcomer();
    const theirs = await enrol(other.who);
    const mine = await enrol();
    expect((await send('', { answer: theirs.use(await challenge('')) }))[0]).toBe(422);
    expect((await send('', { answer: mine.use(await challenge(''), { counter: 5 }) }))[0]).toBe(200);
    expect((await send('', { answer: mine.use(await challenge(''), { counter: 5 }) }))[0]).toBe(422);
    const tx = app.get(TenantTransaction);
    const events = await tx.run(tenantId, () => tx.rows(AuditEventEntity).findBy({ tenantId, actorId: personId }));
    expect(events.map(({ action }) => action)).toContain('security.factor_failed');
  });
});

it('an authenticator beside a passkey makes no new codes, and the codes outlive either but not both', async () => {
  await enrol();
  const page = await who.visit('/sign-in/authenticator?returnTo=/invoices');
  const secret = /<span class="mono">([A-Z2-7 ]+)</.exec(page.body)?.[1]?.replaceAll(' ', '') ?? '';
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: app.clock.now().getTime() });
  expect((await who.post('/sign-in/authenticator', { code, returnTo: '/invoices' })).path).toBe('/invoices');
  const factors = app.get(SecondFactors);
  expect((await factors.of(personId)).codesLeft).toBe(10);
  await factors.remove(personId);
  expect([(await factors.of(personId)).codesLeft, await factors.hasAny(personId)]).toEqual([10, true]);
  expect(await mails()).toContain('An authenticator app was added to your account');
});

it('a tenant switch keeps the age of the proof', async () => {
  const { tenantId: second } = await app.createTenant(`Second ${number}`, 'owner@second.example');
  await people.invite(email, second, 'admin');
  await who.visit(await people.invitationLink(email));
  await people.withCode(who, email);
  later(9);
  await who.post('/tenant-switch', { tenantId });
  const key = { 'sec-fetch-site': 'same-origin', referer: `${app.url}/invoices` };
  expect((await who.post('/danger', {}, key)).body).toBe('done');
  later(2);
  expect((await who.post('/danger', {}, key)).path).toBe('/sign-in/confirm');
});
