/** Goal: somebody of the operator comes in only where an owner let them, for as long as that, seen by all, and every step is noted. Real HTTP and Postgres. */
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withClient } from '../../src/platform/postgres/roles.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { SupportGrantEntity } from '../../src/identity/support-grant.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { CookieBrowser, type Page } from '../support/cookie-browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aVisitor, startPages, type PageVisitor } from '../support/pages.js';
import { createTenant } from '../support/tenant.js';

const FORM = { operator: 'Robin of Support', reason: 'Wrong tax on 1042', role: 'read_only', minutes: '60' };

let database: TestDatabase;
let app: NestExpressApplication;
let url: string;
let tenantId: string;
let owner: PageVisitor;
let admin: PageVisitor;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ app, url } = await startPages(database));
});
afterAll(async () => {
  await app.close();
  await database.drop();
});
beforeEach(async () => {
  tenantId = await createTenant(database.ownerUrl, 'Northlight');
  owner = await aVisitor(app, url, tenantId, 'owner');
  admin = await aVisitor(app, url, tenantId, 'admin');
});

async function aLink(over: Partial<typeof FORM> = {}): Promise<string> {
  const { text } = await owner('POST', '/settings/support', { ...FORM, ...over });
  return /\/sign-in\/support#[\w-]{43}/.exec(text)?.[0] ?? '';
}

async function entering(link: string, browser = new CookieBrowser(url)): Promise<Page> {
  await browser.visit(link);
  return await browser.post('/sign-in/support');
}

async function anOperator(over: Partial<typeof FORM> = {}): Promise<CookieBrowser> {
  const browser = new CookieBrowser(url);
  expect((await entering(await aLink(over), browser)).path).toBe('/invoices');
  return browser;
}

const grants = async (): Promise<SupportGrantEntity[]> =>
  await app.get(TenantTransaction).run(tenantId, () => app.get(TenantTransaction).rows(SupportGrantEntity).find({ where: { tenantId } }));
const events = async (): Promise<AuditEventEntity[]> =>
  await app.get(TenantTransaction).run(tenantId, () =>
    app
      .get(TenantTransaction)
      .rows(AuditEventEntity)
      .find({ where: { tenantId }, order: { id: 'ASC' } }),
  );
const endNow = async (): Promise<void> => void (await owner('DELETE', `/settings/support/${(await grants())[0]?.id}`));

describe('a grant', () => {
  it('is an owner’s to give', async () => {
    expect((await admin('POST', '/settings/support', FORM)).status).toBe(403);
    expect(await grants()).toEqual([]);
    expect((await owner('POST', '/settings/support', FORM)).text).toContain('It works once and is shown only now');
    expect((await admin('GET', '/settings/support')).text).toContain('You can look but not change');
  });

  it.each([
    [{ operator: ' ' }, 'Name who gets access'],
    [{ reason: '' }, 'Say what they are to do'],
    [{ minutes: '14' }, 'from 15 minutes to 7 days'],
    [{ minutes: '10081' }, 'from 15 minutes to 7 days'],
  ])('says whom, why and for how long: %o', async (wrong, sentence) => {
    const { status, text } = await owner('POST', '/settings/support', { ...FORM, ...wrong });
    expect(status).toBe(422);
    expect(text).toContain(sentence);
    expect(await grants()).toEqual([]);
  });

  it('is never an owner’s role, nor longer than a week, whoever writes it', async () => {
    expect((await owner('POST', '/settings/support', { ...FORM, role: 'owner' })).status).toBe(422);
    await aLink();
    await withClient(database.ownerUrl, async (client) => {
      await expect(client.query("update support_grant set role = 'owner' where tenant_id = $1", [tenantId])).rejects.toThrow(/check/);
      await expect(client.query("update support_grant set expires_at = created_at + interval '8 days'")).rejects.toThrow(/check/);
    });
  });
});

describe('the link', () => {
  it('shows what it opens and is not used up by looking', async () => {
    const link = await aLink();
    for (const browser of [new CookieBrowser(url), new CookieBrowser(url)]) {
      const page = await browser.visit(link);
      expect(page.status).toBe(200);
      expect(page.body).toContain('Support for Northlight');
      expect(page.body).toContain('Robin of Support');
    }
  });

  it('works once, also for two who come at once', async () => {
    const link = await aLink();
    const answers = await Promise.all([1, 2, 3].map(() => entering(link)));
    expect(answers.filter(({ path }) => path === '/invoices')).toHaveLength(1);
    expect((await new CookieBrowser(url).visit(link)).status).toBe(410);
    expect((await entering(link)).status).toBe(410);
  });

  it.each(['x', 'a'.repeat(43)])('opens nothing when it is made up: %s', async (code) => {
    expect((await new CookieBrowser(url).visit(`/sign-in/support#${code}`)).status).toBe(410);
    expect((await entering(`/sign-in/support#${code}`)).status).toBe(410);
    expect((await new CookieBrowser(url).visit(`/sign-in/support/${code}`)).status).toBe(404);
  });

  it('asks for its secret where the browser brought none', async () => {
    const page = await new CookieBrowser(url).visit('/sign-in/support');
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('action="/sign-in/support/link"')]);
    expect((await new CookieBrowser(url).post('/sign-in/support')).status).toBe(410);
  });
});

describe('an operator who is in', () => {
  it('reads, and does nothing that the role does not include', async () => {
    const operator = await anOperator();
    expect((await operator.visit('/settings/members')).status).toBe(200);
    expect((await operator.visit('/settings/audit')).status).toBe(403);
    expect((await operator.post('/settings/general', { name: 'Mine' })).status).toBe(403);
  });

  it('may not make itself at home, whatever the role', async () => {
    const operator = await anOperator({ role: 'admin' });
    expect((await operator.visit('/settings/audit')).status).toBe(200);
    expect((await operator.post('/settings/members/invitations', { email: 'robin@evil.example', role: 'admin' })).status).toBe(403);
    expect((await operator.post('/settings/api-keys', { name: 'x', role: 'admin' })).status).toBe(403);
    expect((await operator.post('/settings/support', FORM)).status).toBe(403);
    expect((await operator.visit('/settings/audit/export.csv')).status).toBe(403);
  });

  it('is seen on every page of the company, and sees that', async () => {
    expect((await admin('GET', '/settings/members')).text).not.toContain('Support access is on');
    const operator = await anOperator();
    for (const path of ['/settings/members', '/postings', '/connections', '/invoices']) {
      expect((await admin('GET', path)).text, path).toMatch(
        /Support access is on.<\/strong> Robin of Support \(Read-only\) can see this company/,
      );
    }
    expect((await operator.visit('/postings')).body).toContain('You are here as support');
  });

  it('leaves a trace of everything, under the name of the grant', async () => {
    const operator = await anOperator({ role: 'admin' });
    for (let times = 0; times < 3; times += 1) await operator.visit('/postings');
    await operator.post('/settings/general', {
      name: 'Renamed',
      timeZone: 'America/New_York',
      locale: 'en-US',
      currency: 'USD',
      allowedDirectories: '',
    });
    const [grant] = await grants();
    const done = (await events()).filter(({ actorKind, actorId }) => actorKind === 'operator' && actorId === grant?.id);
    expect(done.every(({ actorLabel, sourceIp }) => actorLabel === 'Robin of Support' && sourceIp !== null)).toBe(true);
    const said = done.map(({ action, after }) => [action, (after as { path?: string } | null)?.path]);
    expect(said).toContainEqual(['support.entered', undefined]);
    expect(said).toContainEqual(['support.looked', '/postings']);
    expect(said.filter(([, path]) => path === '/postings')).toHaveLength(1);
    expect(said).toContainEqual(['support.acted', '/settings/general']);
    expect(said.map(([action]) => action)).toContain('company.changed');
    const { text } = await owner('GET', `/settings/audit?person=${grant?.id}`);
    expect(text).toContain('viewed /postings');
    expect(text).toContain('Countersign support');
  });

  it('is out at once when somebody ends it', async () => {
    const operator = await anOperator();
    await endNow();
    expect((await operator.visit('/settings/members')).path).toBe('/sign-in');
    expect((await admin('GET', '/settings/members')).text).not.toContain('Support access is on');
    expect((await owner('GET', '/settings/support')).text).toContain('Ended by');
    expect((await events()).map(({ action }) => action)).toContain('support.revoked');
    expect((await owner('DELETE', `/settings/support/${(await grants())[0]?.id}`)).status).toBeGreaterThanOrEqual(400);
  });

  it('is out when the time is over', async () => {
    const operator = await anOperator();
    await withClient(database.ownerUrl, (client) =>
      client.query(
        "update support_grant set created_at = now() - interval '2 hours', expires_at = now() - interval '1 second' where tenant_id = $1",
        [tenantId],
      ),
    );
    expect((await operator.visit('/settings/members')).path).toBe('/sign-in');
    expect((await owner('GET', '/settings/support')).text).toContain('Ran out');
  });

  it('is out with the tenant', async () => {
    const operator = await anOperator();
    await withClient(database.ownerUrl, (client) => client.query('update tenant set deleted_at = now() where id = $1', [tenantId]));
    expect((await operator.visit('/settings/members')).path).toBe('/sign-in');
  });

  it('leaves, and the grant ends with it', async () => {
    const operator = await anOperator();
    const cookie = operator.cookie('countersign-support') ?? '';
    expect((await operator.post('/support-exit')).path).toBe('/sign-in');
    operator.setCookie('countersign-support', cookie);
    expect((await operator.visit('/settings/members')).path).toBe('/sign-in');
    expect((await grants())[0]?.endedBy).toBe('Robin of Support');
    expect((await new CookieBrowser(url).post('/support-exit')).path).toBe('/sign-in');
  });

  it('is in one company only, and is nobody to the API', async () => {
    const operator = await anOperator();
    const other = await createTenant(database.ownerUrl, 'Elsewhere');
    expect((await operator.post('/tenant-switch', { tenantId: other })).path).toBe('/sign-in');
    expect((await operator.visit('/settings/support')).body).not.toContain('Elsewhere');
    expect((await operator.post('/settings/general', { name: 'x' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it('is known by a hash alone', async () => {
    const operator = await anOperator();
    const cookie = operator.cookie('countersign-support') ?? 'missing';
    await withClient(database.ownerUrl, async (client) => {
      const { rows } = await client.query('select * from credential_lookup');
      expect(JSON.stringify([rows, await grants(), await events()])).not.toContain(cookie);
    });
  });
});
