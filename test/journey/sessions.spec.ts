import { effectiveAccess } from '../../src/domain/access.js';
/** Goal: a session is worth no more than its last proof, and ends when its person, its tenant or the clock says so. Real HTTP and Postgres. */
import { Secret, TOTP } from 'otpauth';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiKeys } from '../../src/identity/api-keys.js';
import { Members } from '../../src/identity/members.js';
import { SecondFactors } from '../../src/identity/second-factors.js';
import { SessionRulesOfTenant } from '../../src/identity/session-rules.js';
import { Sessions } from '../../src/identity/sessions.js';
import { MembershipEntity } from '../../src/identity/membership.entity.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { TenantSettingsEntity } from '../../src/identity/tenant-settings.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import type { CookieBrowser, Page } from '../support/cookie-browser.js';
import { callerIn, OPERATOR, SESSION_COOKIE, SignInPeople } from '../support/sign-in-people.js';
import { startSignInApp, type SignInApp } from './sign-in.fixture.js';

const MINUTE = 60_000;
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
afterEach(() => demand('none'));

beforeEach(async () => {
  number += 1;
  email = `person${number}@lumen.example`;
  who = people.browser();
  await people.invite(email, tenantId, 'admin');
  await who.visit(await people.invitationLink(email));
  await people.withCode(who, email);
  personId = callerIn(await who.visit('/invoices')).personId;
});

const later = (minutes: number): void => app.clock.advance(minutes * MINUTE);
const secretOn = (page: Page): string => /<span class="mono">([A-Z2-7 ]+)</.exec(page.body)?.[1]?.replaceAll(' ', '') ?? '';
const codeFor = (base32: string): string =>
  new TOTP({ secret: Secret.fromBase32(base32) }).generate({ timestamp: app.clock.now().getTime() });
const confirm = (code: string): Promise<Page> => who.post('/sign-in/confirm', { code, returnTo: '/invoices' });
const danger = (): Promise<Page> => who.post('/danger', {}, { 'sec-fetch-site': 'same-origin', referer: `${app.url}/invoices?x=1` });

async function enrol(): Promise<{ secret: string; codes: string[] }> {
  const secret = secretOn(await who.visit('/sign-in/authenticator'));
  const page = await who.post('/sign-in/authenticator', { code: codeFor(secret), returnTo: '/' });
  expect(page.status, page.body).toBe(200);
  return { secret, codes: [...page.body.matchAll(/<li>([A-Z2-9]{5}-[A-Z2-9]{5})</g)].map(([, code = '']) => code) };
}

async function demand(secondFactor: 'none' | 'everyone' | 'admins'): Promise<void> {
  const tx = app.get(TenantTransaction);
  await tx.run(tenantId, () => tx.rows(TenantSettingsEntity).update({ tenantId }, { secondFactor }));
}

describe('a session', () => {
  it('never takes an id that was planted', async () => {
    const victim = people.browser();
    victim.setCookie(SESSION_COOKIE, 'planted-by-somebody-else');
    await people.withCode(victim, email);
    expect(victim.cookie(SESSION_COOKIE)).not.toBe('planted-by-somebody-else');
    const thief = people.browser();
    thief.setCookie(SESSION_COOKIE, 'planted-by-somebody-else');
    expect((await thief.visit('/invoices')).path).toBe('/sign-in');
  });

  it('comes in a cookie that no script and no other site can use', () => {
    const line = who.cookieLines.findLast((each) => each.startsWith(`${SESSION_COOKIE}=`)) ?? '';
    expect(line).toMatch(/; Path=\/(;|$)/);
    expect(line).toMatch(/HttpOnly/);
    expect(line).toMatch(/SameSite=Lax/);
  });

  it('gets a new id every hour of use; the one before is good for another minute, for requests that were on their way', async () => {
    const first = who.cookie(SESSION_COOKIE) ?? '';
    later(59);
    callerIn(await who.visit('/invoices'));
    expect(who.cookie(SESSION_COOKIE)).toBe(first);
    later(1);
    const tabs = [1, 2, 3, 4].map(() => people.browser());
    for (const tab of tabs) tab.setCookie(SESSION_COOKIE, first);
    for (const page of await Promise.all(tabs.map((tab) => tab.visit('/invoices')))) callerIn(page);
    const ids = tabs.map((tab) => tab.cookie(SESSION_COOKIE));
    const renewed = ids.filter((id) => id !== first);
    expect(renewed).toHaveLength(1);
    who.setCookie(SESSION_COOKIE, first);
    app.clock.advance(59_000);
    callerIn(await who.visit('/invoices'));
    expect(who.cookie(SESSION_COOKIE)).toBe(first);
    app.clock.advance(1_000);
    expect((await who.visit('/invoices')).path).toBe('/sign-in');
    who.setCookie(SESSION_COOKIE, renewed[0] ?? '');
    callerIn(await who.visit('/invoices'));
    expect(await app.get(Sessions).devicesOf(personId)).toHaveLength(1);
  });

  it('is left within that minute with the id before: signing out ends it for both', async () => {
    const first = who.cookie(SESSION_COOKIE) ?? '';
    later(60);
    callerIn(await who.visit('/invoices'));
    const second = who.cookie(SESSION_COOKIE) ?? '';
    who.setCookie(SESSION_COOKIE, first);
    await who.post('/sign-out');
    for (const id of [first, second]) {
      who.setCookie(SESSION_COOKIE, id);
      expect((await who.visit('/invoices')).path).toBe('/sign-in');
    }
  });

  it('follows the tenant limits from the next request on', async () => {
    const tx = app.get(TenantTransaction);
    const limit = (sessionIdleMinutes: number, sessionHours: number): Promise<unknown> =>
      tx.run(tenantId, () => tx.rows(TenantSettingsEntity).update({ tenantId }, { sessionIdleMinutes, sessionHours }));
    await limit(5, 1);
    later(4);
    callerIn(await who.visit('/invoices'));
    later(6);
    expect((await who.visit('/invoices')).path).toBe('/sign-in');
    await people.withCode(who, email);
    for (let minutes = 0; minutes < 56; minutes += 4) {
      later(4);
      callerIn(await who.visit('/invoices'));
    }
    later(4);
    expect((await who.visit('/invoices')).path).toBe('/sign-in');
    await limit(720, 336);
  });

  it('loses its tenant at the next request after the membership ended', async () => {
    const tx = app.get(TenantTransaction);
    await tx.run(tenantId, () => tx.rows(MembershipEntity).delete({ tenantId, personId }));
    expect((await who.visit('/invoices')).path).toBe('/sign-in/tenants');
  });

  it('is on the list of devices, and ends from another one, alone or with all', async () => {
    const other = people.browser();
    await people.withCode(other, email);
    const sessions = app.get(Sessions);
    const devices = await sessions.devicesOf(personId);
    expect(devices).toHaveLength(2);
    expect(devices[0]).toMatchObject({ tenantName: 'Lumen', ip: expect.stringContaining('127.0.0.1') as string });
    expect(await sessions.endOneOf('018f0000-0000-7000-8000-000000000000', devices[0]?.ref ?? '')).toBe(false);
    const first = callerIn(await who.visit('/invoices')) as unknown as { sessionRef: string };
    expect(await sessions.endOneOf(personId, first.sessionRef)).toBe(true);
    expect((await who.visit('/invoices')).path).toBe('/sign-in');
    callerIn(await other.visit('/invoices'));
    await sessions.endAllOf(personId);
    expect((await other.visit('/invoices')).path).toBe('/sign-in');
  });
});

it('ends everywhere in the tenant when an admin says so, and the person may come in again', async () => {
  await app.get(Members).signOutEverywhere({ actor: OPERATOR, tenantId, role: 'admin' }, personId);
  expect((await who.visit('/invoices')).path).toBe('/sign-in');
  await people.withCode(who, email);
  callerIn(await who.visit('/invoices'));
});

describe('step-up', () => {
  it('is not asked of somebody who has just signed in, and is ten minutes later', async () => {
    expect((await danger()).body).toBe('done');
    later(10);
    const asked = await danger();
    expect(asked.path).toBe('/sign-in/confirm');
    expect(new URL(asked.url).searchParams.get('returnTo')).toBe('/invoices?x=1');
  });

  it('takes a code by mail from who has no factor, under a new id, and the old id is dead', async () => {
    later(11);
    const old = who.cookie(SESSION_COOKIE) ?? '';
    expect((await confirm('000000')).status).toBe(422);
    await who.post('/sign-in/confirm/mail', { returnTo: '/invoices' });
    expect((await confirm(await people.lastCode(email))).path).toBe('/invoices');
    expect(who.cookie(SESSION_COOKIE)).not.toBe(old);
    expect((await danger()).body).toBe('done');
    const thief = people.browser();
    thief.setCookie(SESSION_COOKIE, old);
    expect((await thief.visit('/invoices')).path).toBe('/sign-in');
  });

  it('tells scripts and htmx in their own ways', async () => {
    later(11);
    const json = await who.post('/api/v1/danger');
    expect([json.status, JSON.parse(json.body)]).toMatchObject([403, { stepUpRequired: true }]);
    const answer = await fetch(`${app.url}/danger`, {
      method: 'POST',
      headers: {
        cookie: `${SESSION_COOKIE}=${who.cookie(SESSION_COOKIE)}`,
        'sec-fetch-site': 'same-origin',
        'hx-request': 'true',
        'hx-current-url': `${app.url}/invoices`,
      },
    });
    expect(answer.headers.get('hx-redirect')).toBe('/sign-in/confirm?returnTo=%2Finvoices');
  });

  it('is for owners keys alone among the keys', async () => {
    const ask = async (role: 'admin' | 'owner'): Promise<number> => {
      const { key } = await app.get(ApiKeys).create(tenantId, OPERATOR, { name: role, role });
      return (await fetch(`${app.url}/api/v1/danger`, { method: 'POST', headers: { authorization: `Bearer ${key}` } })).status;
    };
    expect([await ask('admin'), await ask('owner')]).toEqual([403, 201]);
  });
});

describe('a second factor', () => {
  it('takes each code once, and then a mail no longer confirms', async () => {
    const { secret, codes } = await enrol();
    expect(new Set(codes).size).toBe(10);
    later(11);
    expect((await danger()).path).toBe('/sign-in/confirm');
    await who.post('/sign-in/confirm/mail', { returnTo: '/' });
    expect((await confirm(await people.lastCode(email))).status).toBe(422);
    const code = codeFor(secret);
    expect((await confirm(code)).path).toBe('/invoices');
    expect((await confirm(code)).status).toBe(422);
    expect((await danger()).body).toBe('done');
  });

  it('takes a recovery code once, also without its dash', async () => {
    const { codes } = await enrol();
    const [code = ''] = codes;
    expect((await confirm(code.replace('-', '').toLowerCase())).path).toBe('/invoices');
    expect((await confirm(code)).status).toBe(422);
    expect((await app.get(SecondFactors).of(personId)).codesLeft).toBe(9);
  });

  it('bears five wrong codes in 15 minutes, then not even the right one', async () => {
    const { secret } = await enrol();
    later(1);
    for (let tries = 0; tries < 5; tries += 1) expect((await confirm('AAAAA-AAAAA')).status).toBe(422);
    expect((await confirm(codeFor(secret))).status).toBe(429);
    later(15);
    expect((await confirm(codeFor(secret))).path).toBe('/invoices');
  });

  it('is not set up in a session that nobody proved of late, nor over one in use', async () => {
    later(11);
    expect((await who.visit('/sign-in/authenticator?returnTo=/invoices')).path).toBe('/sign-in/confirm');
    await people.withCode(who, email);
    await enrol();
    await expect(app.get(SecondFactors).offer(personId, email)).rejects.toThrow('already');
    await expect(app.get(SecondFactors).enrol(personId, '000000')).rejects.toThrow('already');
  });

  it('leads who lacks it to set one up where the tenant demands it, and to nothing else', async () => {
    await demand('admins');
    expect((await who.visit('/invoices')).path).toBe('/sign-in/authenticator');
    await enrol();
    callerIn(await who.visit('/invoices'));
    const other = people.browser();
    await people.withCode(other, email);
    expect((await other.visit('/invoices')).path).toBe('/sign-in/confirm');
    await demand('none');
  });

  it('is demanded only by somebody who has one', async () => {
    const rules = app.get(SessionRulesOfTenant);
    const wanted = { secondFactor: 'everyone', idleMinutes: 60, hours: 24 } as const;
    const caller = { actor: OPERATOR, tenantId, role: 'owner', ...effectiveAccess('owner'), personId } as const;
    await expect(rules.change(caller, wanted)).rejects.toThrow('no second factor yourself');
    await enrol();
    await rules.change(caller, wanted);
    expect(await rules.read(tenantId)).toEqual(wanted);
    await rules.change(caller, { secondFactor: 'none', idleMinutes: 720, hours: 336 });
  });

  it('leaves its trace', async () => {
    const { secret } = await enrol();
    await confirm('111111');
    later(1);
    await confirm(codeFor(secret));
    const tx = app.get(TenantTransaction);
    const events = await tx.run(tenantId, () => tx.rows(AuditEventEntity).findBy({ tenantId, actorId: personId }));
    const actions = events.map((event) => event.action);
    for (const action of ['security.factor_added', 'security.factor_failed', 'security.confirmed']) expect(actions).toContain(action);
    expect(JSON.stringify(events)).not.toContain(secret);
  });
});
