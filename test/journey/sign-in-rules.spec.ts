import { effectiveAccess } from '../../src/domain/access.js';
/**
 * Goal: a tenant admits the sign-in methods, domains and directories that it names and to no other, at sign-in, at a switch and
 * with every request. Real HTTP, Postgres, OpenID provider, SMTP.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SignInRulesOfTenant, type SignInRules } from '../../src/identity/sign-in/sign-in-policy.js';
import { FOREIGN_TID, LUMEN_TID } from '../../sandbox/msp/people.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { TenantSettingsEntity } from '../../src/identity/tenant-settings.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import type { Page } from '../support/cookie-browser.js';
import { callerIn, expectRefused, OPERATOR, SignInPeople } from '../support/sign-in-people.js';
import { startSignInApp, type SignInApp } from './sign-in.fixture.js';

const ALL: SignInRules = { ways: ['google', 'microsoft', 'oidc', 'email'], directories: [LUMEN_TID], googleDomains: [] };

let app: SignInApp;
let people: SignInPeople;
let lumen: string;

beforeAll(async () => {
  app = await startSignInApp();
  people = new SignInPeople(app);
});
afterAll(() => app.close());
beforeEach(async () => {
  const { tenantId, ownerLink } = await app.createTenant('Lumen IT', `owner${lumen ?? ''}@lumen.example`);
  lumen = tenantId;
  const olivia = people.browser();
  await olivia.visit(ownerLink);
  callerIn(await olivia.post('/sign-in/invitation'));
});

/** As a colleague in the office would set them, who came in by e-mail and keeps that open. */
async function rule(change: Partial<SignInRules>, tenantId = lumen): Promise<void> {
  const tx = app.get(TenantTransaction);
  const { ways, directories, googleDomains } = { ...ALL, ...change };
  await tx.run(tenantId, () =>
    tx.rows(TenantSettingsEntity).update({ tenantId }, { signInMethods: ways, allowedDirectories: directories, googleDomains }),
  );
}

function expectOutside(page: Page, words: string | RegExp): void {
  expect([page.status, page.path]).toEqual([200, '/sign-in/tenants']);
  expect(page.body).toMatch(words);
}

describe('a Workspace domain', () => {
  it('lets in whom Google says it hosts, and no other account, not even with an invitation in hand', async () => {
    await rule({ googleDomains: ['lumen.example'] });
    callerIn(await people.join(people.browser(), lumen, `dana${lumen}@lumen.example`, 'google', 'dana'));
    const sam = people.browser();
    expectRefused(await people.join(sam, lumen, 'sam@stranger.example', 'google', 'stranger'), sam, /only those of its own domains/);
    const again = people.browser();
    expectRefused(await people.withProvider(again, 'google', 'stranger'), again, 'Nobody has invited this account');
    callerIn(await people.withCode(people.browser(), 'sam@stranger.example'));
  });

  it('closes the door at once to a session that is open, and opens it again', async () => {
    const who = people.browser();
    callerIn(await people.join(who, lumen, `priya${lumen}@lumen.example`, 'google', 'priya'));
    await rule({ googleDomains: ['elsewhere.example'] });
    expectOutside(await who.visit('/'), /Lumen IT does not allow this Google account/);
    const next = people.browser();
    expectOutside(await people.withProvider(next, 'google', 'priya'), 'does not allow this Google account');
    await rule({ googleDomains: [] });
    expect(callerIn(await who.visit('/')).tenantId).toBe(lumen);
  });
});

describe('a Microsoft directory', () => {
  it('that is taken off the list locks out at once whoever came from it, and only them', async () => {
    const jane = people.browser();
    const { personId } = callerIn(await people.join(jane, lumen, `jane${lumen}@lumen.example`, 'microsoft', 'jdoe'));
    const byCode = people.browser();
    expect(callerIn(await people.withCode(byCode, `jane${lumen}@lumen.example`)).personId).toBe(personId);
    await rule({ directories: [FOREIGN_TID] });
    expectOutside(await jane.visit('/'), /does not allow people from this Microsoft directory/);
    expect(callerIn(await byCode.visit('/')).personId).toBe(personId);
    const again = people.browser();
    expectOutside(await people.withProvider(again, 'microsoft', 'jdoe'), /does not allow people from this Microsoft directory/);
  });

  it('of somebody else does not open by being allowed: the same e-mail is another person', async () => {
    await rule({ directories: [LUMEN_TID, FOREIGN_TID] });
    const mallory = people.browser();
    expectRefused(await people.withProvider(mallory, 'microsoft', 'attacker'), mallory, 'Nobody has invited this account');
  });

  it('is not added to a person of a tenant that does not allow it', async () => {
    const owner = people.browser();
    const other = await app.createTenant('Other', `other${lumen}@lumen.example`);
    await rule({ directories: [FOREIGN_TID] }, other.tenantId);
    callerIn(await people.join(owner, lumen, `tom${lumen}@lumen.example`, 'google', 'tom'));
    await rule({ directories: [] });
    const refused = await people.add(owner, 'microsoft', 'attacker');
    expect([refused.status, refused.body.includes('does not allow people from this Microsoft directory')]).toEqual([403, true]);
  });
});

describe('a way in that is off', () => {
  it('ends the sessions that it opened, at once, and opens none', async () => {
    const email = `priya${lumen}@lumen.example`;
    await people.invite(email, lumen);
    const priya = people.browser();
    await priya.visit(await people.invitationLink(email));
    callerIn(await priya.post('/sign-in/invitation'));
    const byCode = people.browser();
    callerIn(await people.withCode(byCode, email));
    await rule({ ways: ['google'] });
    for (const who of [priya, byCode]) expectOutside(await who.visit('/'), 'does not allow this sign-in method');
    const late = people.browser();
    expectOutside(await people.withCode(late, email), 'does not allow this sign-in method');
    await people.invite(`late${lumen}@lumen.example`, lumen);
    await late.post('/sign-out');
    await late.visit(await people.invitationLink(`late${lumen}@lumen.example`));
    expectRefused(await late.post('/sign-in/invitation'), late, 'does not allow this sign-in method');
  });

  it('keeps the invitation for the way that is on', async () => {
    await rule({ ways: ['google'] });
    const callum = people.browser();
    const email = `callum${lumen}@lumen.example`;
    await people.invite(email, lumen);
    await callum.visit(await people.invitationLink(email));
    expectRefused(await callum.post('/sign-in/invitation'), callum, 'does not allow this sign-in method');
    expect(callerIn(await people.withProvider(callum, 'google', 'callum')).email).toBe(email);
  });

  it('is no obstacle in another company of the same person, who comes into that one', async () => {
    const who = people.browser();
    callerIn(await people.join(who, lumen, `mei${lumen}@lumen.example`, 'google', 'mei'));
    const second = await app.createTenant('Second', `second${lumen}@lumen.example`);
    await people.invite('mei@lumen.example', second.tenantId);
    expect(callerIn(await people.withProvider(who, 'google', 'mei')).tenantId).toBe(lumen);
    await rule({ ways: ['email'] });
    const page = await who.visit('/sign-in/tenants');
    expect(page.body).toMatch(/does not allow this sign-in method/);
    expect(callerIn(await people.withProvider(people.browser(), 'google', 'mei')).tenantId).toBe(second.tenantId);
    expectOutside(await who.visit('/'), 'Which company?');
    expectOutside(await who.post('/tenant-switch', { tenantId: lumen }), 'Which company?');
    expect(callerIn(await who.post('/tenant-switch', { tenantId: second.tenantId })).tenantId).toBe(second.tenantId);
  });
});

describe('whoever sets the rules', () => {
  async function change(who: 'email_code' | 'google' | 'key', wanted: Partial<SignInRules>): Promise<void> {
    const cameBy =
      who === 'key'
        ? {}
        : { cameBy: { method: who, issuer: who === 'google' ? 'google' : 'email', subject: 'x', hostedDomain: 'lumen.example' } };
    const caller = { tenantId: lumen, actor: OPERATOR, role: 'owner', ...effectiveAccess('owner'), ...cameBy } as const;
    await app.get(SignInRulesOfTenant).change(caller, { ...ALL, ...wanted });
  }

  it('never locks themselves out, and nothing is saved when they would', async () => {
    await change('email_code', { googleDomains: ['@Lumen.Example', 'lumen.example '], directories: [FOREIGN_TID.toUpperCase()] });
    const kept = await app.get(SignInRulesOfTenant).read(lumen);
    expect(kept).toEqual({ ...ALL, googleDomains: ['lumen.example'], directories: [FOREIGN_TID] });
    await expect(change('email_code', { ways: ['google', 'microsoft'] })).rejects.toMatchObject({
      reason: 'would_lock_out',
      field: 'ways',
    });
    await expect(change('google', { googleDomains: ['other.example'] })).rejects.toMatchObject({ field: 'googleDomains' });
    await expect(change('key', {})).rejects.toThrow('Only somebody who is signed in');
    expect(await app.get(SignInRulesOfTenant).read(lumen)).toEqual(kept);
    await change('google', { ways: ['google'], googleDomains: ['lumen.example'] });
    const tx = app.get(TenantTransaction);
    const noted = await tx.run(lumen, () => tx.rows(AuditEventEntity).findBy({ tenantId: lumen, action: 'sign_in_rules.changed' }));
    expect(noted).toHaveLength(2);
  });

  it.each<[Partial<SignInRules>, string]>([
    [{ ways: [] }, 'Choose at least one sign-in method'],
    [{ directories: ['lumen.onmicrosoft.com'] }, 'is not a directory id'],
    [{ googleDomains: ['lumen'] }, 'is not a domain'],
    [{ googleDomains: ['-lumen.example'] }, 'is not a domain'],
    [{ googleDomains: Array.from({ length: 21 }, (_each, index) => `d${index}.example`) }, 'At most 20 domains'],
    [{ directories: Array.from({ length: 21 }, (_each, index) => LUMEN_TID.replace(/..$/, String(10 + index))) }, 'At most 20 directories'],
  ])('is told what cannot be so: %j', async (wanted, words) => {
    await expect(change('email_code', wanted)).rejects.toThrow(words);
  });
});
