/** Goal: nobody comes in but by a way they have proved, and each way works. Real HTTP, Postgres, OpenID provider, SMTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Members } from '../../src/identity/members.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import type { CookieBrowser } from '../support/cookie-browser.js';
import { callerIn, OPERATOR, SESSION_COOKIE, SignInPeople } from '../support/sign-in-people.js';
import { startSignInApp, type SignInApp } from './sign-in.fixture.js';

const MINUTE = 60_000;

let app: SignInApp;
let people: SignInPeople;
let lumen: string;
let ownerLink: string;

beforeAll(async () => {
  app = await startSignInApp();
  people = new SignInPeople(app);
  ({ tenantId: lumen, ownerLink } = await app.createTenant('Lumen IT', 'owner@lumen.example'));
});
afterAll(() => app.close());

async function auditActions(tenantId: string): Promise<string[]> {
  const tx = app.get(TenantTransaction);
  return await tx.run(tenantId, async () =>
    (await tx.rows(AuditEventEntity).find({ order: { at: 'ASC', id: 'ASC' } })).map((row) => row.action),
  );
}

describe('the first owner', () => {
  it('opens the tenant with the operator’s link, once, and only by pressing the button', async () => {
    const olivia = people.browser();
    const page = await olivia.visit(ownerLink);
    expect(page.path).toBe('/sign-in/invitation');
    expect(page.body).toContain('Join Lumen IT');
    expect((await people.browser().visit(ownerLink)).status).toBe(200);
    const caller = callerIn(await olivia.post('/sign-in/invitation'));
    expect(caller).toMatchObject({ tenantId: lumen, role: 'owner', email: 'owner@lumen.example' });
    const again = people.browser();
    expect((await again.visit(ownerLink)).status).toBe(410);
    expect((await again.post('/sign-in/invitation')).status).toBe(410);
    expect(again.cookie(SESSION_COOKIE)).toBeUndefined();
  });

  it('has a link whose secret is in no request but the body of a form, also for who pastes it and for a script', async () => {
    const { ownerLink: link, tenantId } = await app.createTenant('Fragment', 'fragment@lumen.example');
    expect(link).toMatch(/\/sign-in\/invitation#[\w-]{43}$/);
    const paste = await people.browser().visit(`${app.url}/sign-in/invitation`);
    expect([paste.status, paste.body]).toEqual([200, expect.stringContaining('action="/sign-in/invitation/link"')]);
    const pasted = people.browser();
    expect((await pasted.post('/sign-in/invitation/link', { code: ` ${link} ` })).body).toContain('Join Fragment');
    const script = people.browser();
    expect(callerIn(await script.post('/sign-in/invitation', { code: link.split('#')[1] ?? '' }))).toMatchObject({
      tenantId,
      role: 'owner',
    });
    expect((await pasted.visit('/sign-in/invitation')).status).toBe(410);
    expect((await people.browser().visit(`/sign-in/invitation/${link.split('#')[1]}`)).status).toBe(404);
  });

  it('does not become somebody who is here already by a printed link', async () => {
    const second = await app.createTenant('Second', 'owner@lumen.example');
    const finder = people.browser();
    await finder.visit(second.ownerLink);
    const refused = await finder.post('/sign-in/invitation');
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('already signs in here');
    const olivia = people.browser();
    callerIn(await people.withCode(olivia, 'owner@lumen.example'));
    expect((await olivia.visit('/sign-in/tenants')).body).toContain('Second');
  });
});

describe('Google', () => {
  it('signs in who was invited at the address that Google has verified, and knows them from then on', async () => {
    await people.invite('dana@lumen.example', lumen, 'admin');
    const dana = people.browser();
    const first = callerIn(await people.withProvider(dana, 'google', 'dana', '?returnTo=%2Finvoices%3Fq%3D1'));
    expect(first).toMatchObject({ tenantId: lumen, role: 'admin', email: 'dana@lumen.example', actor: { kind: 'person' } });
    expect(callerIn(await people.withProvider(people.browser(), 'google', 'dana')).personId).toBe(first.personId);
    expect(callerIn(await people.withCode(people.browser(), 'dana@lumen.example')).personId).toBe(first.personId);
  });

  it('refuses whom nobody invited, and an address that is not verified', async () => {
    await people.invite('uma@lumen.example', lumen);
    for (const person of ['stranger', 'unverified']) {
      const somebody = people.browser();
      const refused = await people.withProvider(somebody, 'google', person);
      expect(refused.status).toBe(403);
      expect(refused.body).toContain('Nobody has invited this account');
      expect(somebody.cookie(SESSION_COOKIE)).toBeUndefined();
    }
  });

  it('does not make a once verified address somebody who is here already', async () => {
    await people.invite('sam@stranger.example', lumen);
    callerIn(await people.withCode(people.browser(), 'sam@stranger.example'));
    const refused = await people.withProvider(people.browser(), 'google', 'stranger');
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('Sign in with a code');
  });

  it('refuses a forged state, a way back without its cookie, and somebody who cancels', async () => {
    const out = async (who: CookieBrowser) => {
      const url = new URL(await who.redirectOf('/sign-in/google'));
      expect(url.searchParams.get('code_challenge_method')).toBe('S256');
      url.searchParams.set('person', 'dana');
      return new URL(await who.redirectOf(url.href));
    };
    const forged = people.browser();
    const back = await out(forged);
    back.searchParams.set('state', 'forged');
    expect((await forged.visit(back.href)).status).toBe(403);
    expect((await people.browser().visit((await out(people.browser())).href)).status).toBe(403);
    expect((await people.withProvider(people.browser(), 'google', 'cancel')).body).toContain('Google did not confirm');
  });
});

describe('Microsoft', () => {
  it('lets a person of an allowed directory accept by the link, and knows tid and oid from then on', async () => {
    await people.invite('jane@lumen.example', lumen);
    const jane = people.browser();
    await jane.visit(await people.invitationLink('jane@lumen.example'));
    const first = callerIn(await people.withProvider(jane, 'microsoft', 'jdoe'));
    expect(first).toMatchObject({ tenantId: lumen, role: 'member', email: 'jane@lumen.example' });
    expect(callerIn(await people.withProvider(people.browser(), 'microsoft', 'jdoe')).personId).toBe(first.personId);
  });

  it('never matches by the e-mail claim, not even from the allowed directory', async () => {
    await people.invite('tom@lumen.example', lumen);
    const refused = await people.withProvider(people.browser(), 'microsoft', 'tom');
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('Nobody has invited this account');
  });

  it('refuses a foreign directory whose administrator took the owner’s e-mail, with and without a link', async () => {
    const mallory = people.browser();
    const refused = await people.withProvider(mallory, 'microsoft', 'attacker');
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('Microsoft did not confirm');
    await people.invite('mei@lumen.example', lumen);
    await mallory.visit(await people.invitationLink('mei@lumen.example'));
    expect((await people.withProvider(mallory, 'microsoft', 'attacker')).status).toBe(403);
    expect(mallory.cookie(SESSION_COOKIE)).toBeUndefined();
  });

  it('refuses an allowed directory where the inviting tenant does not allow it', async () => {
    const strict = await app.createTenant('Strict', 'boss@strict.example');
    const tx = app.get(TenantTransaction);
    await tx.run(strict.tenantId, () =>
      tx.execute(`update tenant_settings set allowed_directories = '{}' where tenant_id = $1`, [strict.tenantId]),
    );
    const boss = people.browser();
    await boss.visit(strict.ownerLink);
    const refused = await people.withProvider(boss, 'microsoft', 'callum');
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('does not allow people from this Microsoft directory');
    expect(callerIn(await boss.post('/sign-in/invitation'))).toMatchObject({ tenantId: strict.tenantId, role: 'owner' });
  });

  it('is added to a person who is signed in, and to nobody else', async () => {
    await people.invite('priya@lumen.example', lumen);
    const priya = people.browser();
    const { personId } = callerIn(await people.withCode(priya, 'priya@lumen.example'));
    // The address alone, as another site could open it, adds nothing: it is one more try to sign in.
    expect((await people.withProvider(priya, 'microsoft', 'priya', '?add=yes')).body).toContain('Nobody has invited this account');
    await priya.post('/settings/account/identities/microsoft');
    expect((await people.withProvider(priya, 'microsoft', 'priya', '?add=yes')).path).toBe('/settings/account/identities');
    expect(callerIn(await people.withProvider(people.browser(), 'microsoft', 'priya')).personId).toBe(personId);
    await priya.post('/settings/account/identities/microsoft');
    const taken = await people.withProvider(priya, 'microsoft', 'jdoe', '?add=yes');
    expect(taken.status).toBe(403);
    expect(taken.body).toContain('already signs somebody else in');
  });
});

describe('an invitation', () => {
  it('is accepted by its link alone, and its older link is dead', async () => {
    await people.invite('marco@lumen.example', lumen);
    const old = await people.invitationLink('marco@lumen.example');
    await people.invite('marco@lumen.example', lumen, 'read_only');
    const link = await people.invitationLink('marco@lumen.example');
    expect(link).not.toBe(old);
    expect((await people.browser().visit(old)).status).toBe(410);
    const marco = people.browser();
    await marco.visit(link);
    expect(callerIn(await marco.post('/sign-in/invitation'))).toMatchObject({ role: 'read_only', email: 'marco@lumen.example' });
  });

  it('expires, and can be withdrawn', async () => {
    await people.invite('late@lumen.example', lumen);
    const late = await people.invitationLink('late@lumen.example');
    await people.invite('gone@lumen.example', lumen);
    const gone = await people.invitationLink('gone@lumen.example');
    const members = app.get(Members);
    const open = (await members.invitations(lumen)).find((row) => row.email === 'gone@lumen.example');
    await members.withdrawInvitation({ actor: OPERATOR, tenantId: lumen, role: 'admin' }, open?.id ?? '');
    expect((await people.browser().visit(gone)).status).toBe(410);
    app.clock.advance(15 * 24 * 60 * MINUTE);
    expect((await people.browser().visit(late)).status).toBe(410);
    expect((await people.browser().visit('/sign-in/invitation#made-up')).status).toBe(410);
  });
});

describe('a session', () => {
  it('gets another id with every sign-in and switch, and the old one is dead', async () => {
    const olivia = people.browser();
    callerIn(await people.withCode(olivia, 'owner@lumen.example'));
    const first = olivia.cookie(SESSION_COOKIE) ?? '';
    expect(first).toHaveLength(43);
    const other =
      (await olivia.visit('/sign-in/tenants')).body.match(/value="([0-9a-f-]{36})"[^>]*>(?:(?!<\/button>).)*Second/s)?.[1] ?? '';
    const switched = callerIn(await olivia.post('/tenant-switch', { tenantId: other }));
    expect(switched).toMatchObject({ tenantId: other, role: 'owner' });
    expect(olivia.cookie(SESSION_COOKIE)).not.toBe(first);
    const replay = people.browser();
    replay.setCookie(SESSION_COOKIE, first);
    expect((await replay.visit('/invoices')).path).toBe('/sign-in');
    await people.withCode(olivia, 'owner@lumen.example');
    expect(callerIn(await olivia.visit('/')).tenantId).toBe(other);
    expect((await olivia.post('/tenant-switch', { tenantId: '0199f0a0-0000-7000-8000-000000000001' })).path).toBe('/sign-in/tenants');
    expect(callerIn(await olivia.visit('/')).tenantId).toBe(other);
  });

  it('ends with sign-out, and leaves no cookie', async () => {
    const olivia = people.browser();
    const { tenantId } = callerIn(await people.withCode(olivia, 'owner@lumen.example'));
    const id = olivia.cookie(SESSION_COOKIE) ?? '';
    expect((await olivia.post('/sign-out')).path).toBe('/sign-in');
    expect(olivia.cookie(SESSION_COOKIE)).toBeUndefined();
    olivia.setCookie(SESSION_COOKIE, id);
    expect((await olivia.visit('/invoices')).path).toBe('/sign-in');
    expect(await auditActions(tenantId)).toContain('session.ended');
  });

  it('ends when nobody uses it for twelve hours', async () => {
    const olivia = people.browser();
    await people.withCode(olivia, 'owner@lumen.example');
    app.clock.advance(11 * 60 * MINUTE);
    callerIn(await olivia.visit('/'));
    app.clock.advance(12 * 60 * MINUTE);
    expect((await olivia.visit('/')).path).toBe('/sign-in');
  });

  it('lives in a cookie that scripts and other sites do not get', async () => {
    const olivia = people.browser();
    await people.withCode(olivia, 'owner@lumen.example');
    for (const line of olivia.cookieLines) expect(line).toMatch(/; Path=\/; .*HttpOnly; SameSite=Lax$/);
  });

  it('of a person who was removed leads to a clear page', async () => {
    const marco = people.browser();
    const { personId } = callerIn(await people.withCode(marco, 'marco@lumen.example'));
    await app.get(Members).remove({ actor: OPERATOR, tenantId: lumen, role: 'owner' }, personId);
    const page = await marco.visit('/invoices');
    expect(page.path).toBe('/sign-in/tenants');
    expect(page.body).toContain('No company has invited this address');
    expect((await marco.post('/sign-out')).path).toBe('/sign-in');
  });
});

it('leaves a trace of who came and what they were given', async () => {
  const actions = new Set(await auditActions(lumen));
  expect([...actions]).toEqual(
    expect.arrayContaining([
      'tenant.created',
      'member.invited',
      'member.joined',
      'member.removed',
      'member.invitation_withdrawn',
      'session.opened',
    ]),
  );
});
