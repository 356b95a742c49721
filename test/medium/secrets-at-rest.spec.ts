/** Goal: whoever has a copy of the database can use nothing in it: of every secret of people only a hash is there. Real Postgres. */
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientBase } from 'pg';
import { ApiKeys } from '../../src/identity/api-keys.js';
import { createTenant } from '../../src/identity/create-tenant.repository.js';
import { Invitations } from '../../src/identity/invitations.js';
import { Members } from '../../src/identity/members.js';
import { SupportAccess } from '../../src/identity/support-access.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { startWholeApp, type WholeApp } from '../support/attack/whole-app.js';
import { CookieBrowser } from '../support/cookie-browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const GRANT = { operator: 'Robin', reason: 'A question' };
const OPERATOR = { kind: 'operator', id: 'test', label: 'Test' } as const;

let database: TestDatabase;
let whole: WholeApp;
let tenantId: string;
let ownerLink: string;

beforeAll(async () => {
  database = await createTestDatabase();
  whole = await startWholeApp(database);
  const wanted = { name: 'Northlight', ownerEmail: 'olivia@msp.example', timeZone: 'UTC', publicUrl: whole.url };
  ({ tenantId, ownerLink } = await withClient(database.ownerUrl, (owner) => createTenant(owner, wanted)));
});
afterAll(async () => {
  await whole.app.close();
  await database.drop();
});

/** Each row of each table as text, in which bytes are hexadecimal. */
async function everything(owner: ClientBase): Promise<string> {
  const { rows } = await owner.query<{ table: string }>(
    `select c.oid::regclass::text as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname in ('public', 'pgboss')`,
  );
  const parts = [];
  for (const { table } of rows) {
    const { rows: found } = await owner.query<{ text: string | null }>(`select string_agg(t::text, E'\\n') as text from ${table} t`);
    parts.push(found[0]?.text ?? '');
  }
  return parts.join('\n');
}

/** The secret as it is, and as bytes: its text, and what that text stands for. */
function formsOf(secret: string): string[] {
  const bare = secret.replace(/^cs_/, '');
  return [bare, Buffer.from(secret).toString('hex'), Buffer.from(bare).toString('hex'), Buffer.from(bare, 'base64url').toString('hex')];
}

async function expectNowhere(secret: string | undefined): Promise<void> {
  expect(secret).toMatch(/^(?:cs_)?[\w-]{43}$/);
  const text = await withClient(database.ownerUrl, everything);
  expect(text).toContain('Northlight');
  // The first half alone would already be worth finding; shorter parts are what a list of keys shows on purpose.
  for (const form of formsOf(secret ?? '')) {
    expect(text.includes(form.slice(0, form.length / 2))).toBe(false);
    expect(text.includes(form.slice(form.length / 2))).toBe(false);
  }
}

describe('nowhere in the database is', () => {
  it('the secret of an owner’s link, of the session that it opened, and of one that took its place', async () => {
    await expectNowhere(ownerLink.split('#')[1]);
    const olivia = new CookieBrowser(whole.url);
    await olivia.visit(ownerLink);
    await olivia.post('/sign-in/invitation');
    const [name, session] = /(countersign)=([\w-]{43})/.exec(olivia.cookieLines.join('\n'))?.slice(1) ?? [];
    expect(name).toBe('countersign');
    expect((await olivia.visit('/settings/account')).path).toBe('/settings/account');
    await expectNowhere(session);
    await withClient(database.ownerUrl, (owner) => owner.query("update session set id_since = now() - interval '2 hours'"));
    await olivia.visit('/settings/account');
    const renewed = olivia.cookie('countersign');
    expect(renewed).not.toBe(session);
    await expectNowhere(renewed);
    await expectNowhere(session);
  });

  it('the secret of an invitation’s link', async () => {
    const members = whole.app.get(Members);
    await members.invite({ actor: OPERATOR, tenantId, role: 'owner' }, { email: 'new@msp.example', role: 'member' });
    const [open] = await members.invitations(tenantId);
    const issued = await whole.app.get(Invitations).issueLink(tenantId, open?.id ?? '');
    await expectNowhere(issued?.href.split('#')[1]);
  });

  it('a key of a script', async () => {
    const { key } = await whole.app.get(ApiKeys).create(tenantId, OPERATOR, { name: 'script', role: 'owner' });
    expect(await whole.app.get(ApiKeys).resolve(key)).toMatchObject({ tenantId });
    await expectNowhere(key);
  });

  it('the secret of a support link, and of the session that it opened', async () => {
    const { secret } = await whole.app.get(SupportAccess).grant(tenantId, OPERATOR, { ...GRANT, role: 'read_only', minutes: 60 });
    await expectNowhere(secret);
    const robin = new CookieBrowser(whole.url);
    await robin.visit(`/sign-in/support#${secret}`);
    expect((await robin.post('/sign-in/support')).path).toBe('/invoices');
    await expectNowhere(robin.cookie('countersign-support'));
  });
});
