/**
 * Goal: an account becomes a person's only by an invitation or by that person, signed in; and they may take all but the last
 * away. Real HTTP, Postgres, OpenID provider, SMTP.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Identities } from '../../src/identity/identities.js';
import { PersonRepository } from '../../src/identity/person.repository.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { callerIn, expectRefused, OPERATOR, SignInPeople } from '../support/sign-in-people.js';
import { startSignInApp, type SignInApp } from './sign-in.fixture.js';

const WAITING = 'countersign-sign-in';
const SIGN_IN_FIRST = 'Sign in with a code sent to your address first';

let app: SignInApp;
let people: SignInPeople;
let lumen: string;

beforeAll(async () => {
  app = await startSignInApp();
  people = new SignInPeople(app);
  ({ tenantId: lumen } = await app.createTenant('Lumen IT', 'boss@lumen.example'));
});
afterAll(() => app.close());

/** A member who has signed in with a code and nothing else. */
async function byCode(email: string) {
  await people.invite(email, lumen);
  const who = people.browser();
  const { personId } = callerIn(await people.withCode(who, email));
  return { who, personId };
}

const ways = async (personId: string) => (await app.get(PersonRepository).identitiesOf(personId)).map(({ issuer }) => issuer.split(':')[0]);

describe('an account with the e-mail of somebody who is here', () => {
  it('of a Workspace that hosts it does not become them: they add it themselves', async () => {
    const { who, personId } = await byCode('dana@lumen.example');
    const stranger = people.browser();
    expectRefused(await people.withProvider(stranger, 'google', 'dana'), stranger, SIGN_IN_FIRST);
    expect((await people.add(who, 'google', 'dana')).path).toBe('/settings/account/identities');
    expect(callerIn(await people.withProvider(people.browser(), 'google', 'dana')).personId).toBe(personId);
    expect(await ways(personId)).toEqual(['email', 'google']);
  });

  it.each([
    ['oidc', 'owner'],
    ['oidc', 'attacker'],
    ['microsoft', 'owner'],
    ['microsoft', 'attacker'],
  ] as const)('of %s (%s) opens nothing, invited or not', async (provider, person) => {
    const stranger = people.browser();
    expectRefused(await people.withProvider(stranger, provider, person), stranger, /Nobody has invited this account|did not confirm/);
    await people.invite('owner@lumen.example', lumen);
    expectRefused(await people.withProvider(stranger, provider, person), stranger, /Nobody has invited this account|did not confirm/);
  });

  it('joins by the link of an invitation, and is known by issuer and subject from then on', async () => {
    const tom = people.browser();
    const { personId } = callerIn(await people.join(tom, lumen, 'tom@lumen.example', 'oidc', 'tom'));
    expect(callerIn(await people.withProvider(people.browser(), 'oidc', 'tom')).personId).toBe(personId);
    const known = await app.get(PersonRepository).identitiesOf(personId);
    expect(known.find(({ issuer }) => issuer !== 'email')).toMatchObject({ subject: 'company-tom', email: 'tom@lumen.example' });
    expect(known.map(({ issuer }) => issuer).some((issuer) => issuer.endsWith('/company'))).toBe(true);
  });
});

describe('an invitation to another’s mailbox, opened by somebody who is here', () => {
  it('makes them a member and gives that mailbox no way to become them', async () => {
    const { tenantId: trap } = await app.createTenant('Trap Ltd', 'mallory@trap.example');
    const { who, personId } = await byCode('victim@lumen.example');
    app.clock.advance(11 * 60_000);
    await people.invite('m@trap.example', trap);
    const page = await who.visit(await people.invitationLink('m@trap.example'));
    expect(page.body).toMatch(/You are signed in as [^<]+, and join as yourself/);
    const joined = callerIn(await who.post('/sign-in/invitation'));
    expect(joined).toMatchObject({ personId, tenantId: trap });
    expect(await ways(personId)).toEqual(['email']);
    // Nothing was proved, so what asks for a fresh proof goes on asking.
    expect((await who.post('/danger')).path).toBe('/sign-in/confirm');
    // No code goes to that mailbox, for it belongs to nobody.
    const mallory = people.browser();
    expect((await people.withCode(mallory, 'm@trap.example')).body).toContain('This code is not right');
    expect((await app.mailTo('m@trap.example')).map(({ subject }) => subject)).not.toContainEqual(expect.stringContaining('code'));
    expect((await mallory.visit('/invoices')).path).toBe('/sign-in');
  });

  it('nor through a provider that knows them', async () => {
    const known = people.browser();
    const { personId } = callerIn(await people.join(known, lumen, 'sam@stranger.example', 'oidc', 'stranger'));
    const before = await ways(personId);
    const { tenantId: trap } = await app.createTenant('Other Trap Ltd', 'mallory@other.example');
    const joined = callerIn(await people.join(people.browser(), trap, 'm@other.example', 'oidc', 'stranger'));
    expect(joined).toMatchObject({ personId, tenantId: trap });
    expect(await ways(personId)).toEqual(before);
  });
});

describe('adding a way of signing in', () => {
  it('begins on our own page, for the provider that was named there, and ends with the same person', async () => {
    const { who, personId } = await byCode('priya@lumen.example');
    const foreign = await who.post('/settings/account/identities/google', {}, { 'sec-fetch-site': 'cross-site' });
    expect(foreign.status).toBe(403);
    // Nothing was begun: another site that sends the browser on to the provider gains nothing.
    expect((await people.withProvider(who, 'google', 'priya', '?add=yes')).body).toContain(SIGN_IN_FIRST);
    await who.post('/settings/account/identities/google');
    expect((await people.withProvider(who, 'oidc', 'priya', '?add=yes')).body).toContain('Nobody has invited this account');
    await who.post('/settings/account/identities/google');
    const back = await people.answerOf(who, 'google', 'priya', '?add=yes');
    const waiting = who.cookie(WAITING) ?? '';
    const other = await byCode('marco@lumen.example');
    other.who.setCookie(WAITING, waiting);
    const refused = await other.who.visit(back.href);
    expect([refused.status, refused.body.includes('You were signed out on the way')]).toEqual([403, true]);
    expect(await ways(personId)).toEqual(['email']);
    expect(await ways(other.personId)).toEqual(['email']);
  });

  it('asks the provider which account, and refuses one that is somebody else’s', async () => {
    const { who, personId } = await byCode('callum@lumen.example');
    await who.post('/settings/account/identities/microsoft');
    const out = new URL(await who.redirectOf('/sign-in/microsoft?add=yes'));
    expect(out.searchParams.get('prompt')).toBe('select_account');
    expect((await people.add(who, 'microsoft', 'callum')).path).toBe('/settings/account/identities');
    const thief = await byCode('mei@lumen.example');
    const taken = await people.add(thief.who, 'microsoft', 'callum');
    expect([taken.status, taken.body.includes('already signs somebody else in here')]).toEqual([403, true]);
    expect(await ways(personId)).toEqual(['email', 'microsoft']);
    expect(await ways(thief.personId)).toEqual(['email']);
  });

  it('needs somebody who is signed in', async () => {
    expect((await people.browser().post('/settings/account/identities/google')).path).toBe('/sign-in');
  });
});

describe('removing a way of signing in', () => {
  it('ends what it opened at once; never the last one, never the one in use, never somebody else’s', async () => {
    const email = 'jane@lumen.example';
    const { who, personId } = await byCode(email);
    const holder = { actor: OPERATOR, tenantId: lumen, personId };
    const identities = app.get(Identities);
    const code = { issuer: 'email', subject: email };
    await expect(identities.remove(holder, code)).rejects.toMatchObject({ reason: 'last_identity' });
    await people.add(who, 'google', 'jdoe');
    const byGoogle = people.browser();
    callerIn(await people.withProvider(byGoogle, 'google', 'jdoe'));
    const google = (await identities.list(personId)).find(({ issuer }) => issuer === 'google') ?? code;
    await expect(identities.remove({ ...holder, cameBy: google }, google)).rejects.toMatchObject({ reason: 'in_use' });
    const stranger = await byCode('stranger@lumen.example');
    await expect(identities.remove({ ...holder, personId: stranger.personId }, google)).rejects.toMatchObject({ reason: 'not_found' });
    callerIn(await byGoogle.visit('/'));
    await identities.remove({ ...holder, cameBy: code }, google);
    expect((await byGoogle.visit('/')).path).toBe('/sign-in');
    expect(callerIn(await who.visit('/')).personId).toBe(personId);
    const again = people.browser();
    expectRefused(await people.withProvider(again, 'google', 'jdoe'), again, SIGN_IN_FIRST);
    await expect(identities.remove(holder, google)).rejects.toMatchObject({ reason: 'not_found' });
  });

  it('by two at the same time leaves one', async () => {
    const { who, personId } = await byCode('uma2@lumen.example');
    await people.add(who, 'google', 'stranger');
    const store = app.get(PersonRepository);
    const both = await store.identitiesOf(personId);
    const outcomes = await Promise.all(both.map(async (each) => await store.unlink(personId, each)));
    expect(outcomes).toHaveLength(2);
    expect(outcomes).toEqual(expect.arrayContaining(['last', undefined]));
    expect(await store.identitiesOf(personId)).toHaveLength(1);
  });

  it('leaves a trace, as adding does', async () => {
    const tx = app.get(TenantTransaction);
    const actions = await tx.run(lumen, async () =>
      (await tx.rows(AuditEventEntity).findBy({ tenantId: lumen })).map(({ action }) => action),
    );
    expect(actions).toEqual(expect.arrayContaining(['identity.added', 'identity.removed']));
  });
});

describe('a company’s provider whose word on e-mail the operator trusts', () => {
  it('recognises who is here and who is invited by an address that it calls verified, and by no other', async () => {
    const trusting = await startSignInApp({ OIDC_TRUST_EMAIL: 'on', OIDC_LABEL: 'Okta' });
    try {
      const others = new SignInPeople(trusting);
      const { tenantId } = await trusting.createTenant('Lumen IT', 'owner@lumen.example');
      expect((await others.browser().visit('/sign-in')).body).toContain('Continue with Okta');
      await others.invite('dana@lumen.example', tenantId);
      const { personId } = callerIn(await others.withCode(others.browser(), 'dana@lumen.example'));
      expect(callerIn(await others.withProvider(others.browser(), 'oidc', 'dana')).personId).toBe(personId);
      await others.invite('mei@lumen.example', tenantId);
      expect(callerIn(await others.withProvider(others.browser(), 'oidc', 'mei')).email).toBe('mei@lumen.example');
      await others.invite('uma@lumen.example', tenantId);
      for (const person of ['unverified', 'attacker']) {
        const who = others.browser();
        expectRefused(await others.withProvider(who, 'oidc', person), who, 'Nobody has invited this account');
      }
    } finally {
      await trusting.close();
    }
  });
});
