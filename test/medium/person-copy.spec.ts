/** Goal: whoever asks what is held about them gets all of it, and nothing of others. Real HTTP and Postgres. */
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT_TABLES, NOT_IN_A_PERSONS_COPY, PersonCopies, type PersonCopy } from '../../src/lifecycle/export/person-copy.js';
import { TABLE_DECISIONS } from '../../src/lifecycle/export/table-decisions.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { isGlobal, tablesIn } from '../architecture/house/catalogue-tables.js';
import { ALPHA, columnsOf, plantRows } from '../architecture/house/sample-rows.js';
import { aFullTenant, type FullTenant } from '../support/attack/full-tenant.js';
import { startWholeApp, type WholeApp } from '../support/attack/whole-app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const EMAIL = 'canary@person.example';
const NAME = 'Canary O’Neill';

let database: TestDatabase;
let whole: WholeApp;
let tenant: FullTenant;

beforeAll(async () => {
  database = await createTestDatabase();
  whole = await startWholeApp(database);
  tenant = await aFullTenant(whole.app, database.ownerUrl, 'Northlight');
});
afterAll(async () => {
  await whole.app.close();
  await database.drop();
});

const headersOf = (role: 'owner' | 'admin' | 'member') => ({ cookie: tenant.cookies[role], 'sec-fetch-site': 'same-origin' });
const ask = async (role: 'owner' | 'admin' | 'member', path: string, form: Record<string, string> = {}) =>
  await fetch(whole.url + path, { method: 'POST', redirect: 'manual', headers: headersOf(role), body: new URLSearchParams(form) });

async function one(role: string): Promise<{ id: string; email: string } | undefined> {
  return await withClient(database.ownerUrl, async (client) => {
    const sql = 'select person_id as id, email from membership where tenant_id = $1 and role = $2';
    return (await client.query<{ id: string; email: string }>(sql, [tenant.tenantId, role])).rows[0];
  });
}
const memberOf = async (role: string) => (await one(role))?.id ?? '';
const emailOf = async (role: string) => (await one(role))?.email ?? '';

const events = async (): Promise<unknown[]> =>
  await withClient(database.ownerUrl, async (client) => {
    const sql = "select * from audit_event where tenant_id = $1 and action = 'person.copied'";
    return (await client.query(sql, [tenant.tenantId])).rows;
  });

const actions = async (): Promise<string[]> =>
  await withClient(database.ownerUrl, async (client) => {
    const sql = "select actor_label || ' about ' || subject_id as text from audit_event where tenant_id = $1 and action = 'person.copied'";
    return (await client.query<{ text: string }>(sql, [tenant.tenantId])).rows.map(({ text }) => text);
  });

describe('a copy', () => {
  it('is fetched by everybody for themselves, with their account, and that is recorded', async () => {
    const answer = await ask('member', '/settings/account/copy');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="personal-data-[\d-]+\.json"$/);
    const copy = (await answer.json()) as PersonCopy;
    const personId = await memberOf('member');
    expect(copy.about).toMatchObject({ name: 'The member', company: 'Northlight' });
    expect(copy.account).toMatchObject({ personId, sessions: [expect.objectContaining({ tenantName: 'Northlight' })] });
    expect(copy.data['membership']).toEqual([expect.objectContaining({ person_id: personId })]);
    expect(JSON.stringify(copy.data)).not.toContain(await memberOf('admin'));
    expect(await actions()).toContain(`The member about ${personId}`);
  });

  it('asks for a fresh proof', async () => {
    await withClient(database.ownerUrl, (client) => client.query("update session set assured_at = now() - interval '1 day'"));
    for (const path of ['/settings/account/copy', '/settings/data/people/copy', '/settings/data/names/copy']) {
      const answer = await ask('owner', path);
      expect([answer.status, answer.headers.get('location')]).toEqual([303, expect.stringMatching(/^\/sign-in\/confirm/)]);
    }
    await withClient(database.ownerUrl, (client) => client.query("update session set assured_at = now() + interval '1 hour'"));
  });

  it('of a member is fetched by an owner who answers them, without their account, and by nobody else', async () => {
    const id = await memberOf('member');
    const answer = await ask('owner', '/settings/data/people/copy', { personId: id });
    const copy = (await answer.json()) as PersonCopy;
    expect([answer.status, copy.account, copy.data['membership']?.length]).toEqual([200, undefined, 1]);
    expect(await actions()).toContain(`The owner about ${id}`);
    for (const role of ['admin', 'member'] as const) {
      expect((await ask(role, '/settings/data/people/copy', { personId: await memberOf('owner') })).status).toBe(403);
      expect((await ask(role, '/settings/data/names/copy', { email: EMAIL })).status).toBe(403);
    }
    const stranger = await ask('owner', '/settings/data/people/copy', { personId: '0199f0a0-0000-7000-8000-000000000002' });
    expect(stranger.status).toBe(404);
  });

  it('of a contact is fetched by name or address, from texts and from what is kept of their company, and is recorded without them', async () => {
    await withClient(database.ownerUrl, async (owner) => {
      await owner.query("set session_replication_role = 'replica'");
      await owner.query("update customer set data = data || jsonb_build_object('contactName', $2::text) where tenant_id = $1", [
        tenant.tenantId,
        NAME,
      ]);
      await owner.query('update sync_run set problem = $2 where tenant_id = $1', [tenant.tenantId, `Ask ${EMAIL} first.`]);
    });
    const fetched = async (typed: Record<string, string>) =>
      (await (await ask('owner', '/settings/data/names/copy', typed)).json()) as PersonCopy;
    const byBoth = await fetched({ name: NAME, email: EMAIL.toUpperCase() });
    expect(byBoth.about).toMatchObject({ name: NAME, email: EMAIL });
    expect(Object.keys(byBoth.data)).toEqual(expect.arrayContaining(['customer', 'sync_run']));
    expect((await fetched({ email: `x${EMAIL}` })).data['sync_run']).toBeUndefined();
    expect(Object.keys((await fetched({ name: NAME })).data)).not.toContain('sync_run');
    const recorded = JSON.stringify(await events());
    expect(recorded).toContain('"customer"');
    expect([recorded.includes(EMAIL), recorded.includes(NAME)]).toEqual([false, false]);
  });

  it.each([
    [{ name: '', email: '' }, 422, 'Give a name'],
    [{ name: 'Al', email: '' }, 422, '3 to 200 characters'],
    [{ name: '', email: 'nobody' }, 422, 'no e-mail address'],
    [{ name: '', email: 'member' }, 409, 'is a member'],
  ])('of %j is refused with a sentence beside the field', async (typed, status, sentence) => {
    const email = typed.email === 'member' ? await emailOf('member') : typed.email;
    const answer = await ask('owner', '/settings/data/names/copy', { ...typed, email });
    expect([answer.status, (await answer.text()).includes(sentence)]).toEqual([status, true]);
  });

  it('leaves secrets out and says so', async () => {
    const copy = (await (await ask('owner', '/settings/account/copy')).json()) as PersonCopy;
    expect(copy.leftOut).toContainEqual({ table: 'connection', column: 'sealed_credentials', because: expect.stringMatching(/secret/) });
    expect(copy.leftOut).toContainEqual({ table: 'email_code', because: expect.stringMatching(/secret/) });
  });

  it('is offered on both pages', async () => {
    const shown = async (role: 'owner' | 'member', path: string) =>
      await (await fetch(whole.url + path, { headers: headersOf(role) })).text();
    expect(await shown('member', '/settings/account')).toContain('action="/settings/account/copy"');
    const data = await shown('owner', '/settings/data');
    for (const what of ['people', 'names']) expect(data).toContain(`action="/settings/data/${what}/copy"`);
  });
});

describe('every table', () => {
  it('that holds the person in any column is in the copy, or the copy says why not', async () => {
    const own = await createTestDatabase();
    const there = await startWholeApp(own);
    const planted = await withClient(own.ownerUrl, async (owner) => {
      await owner.query('insert into tenant (id) values ($1)', [ALPHA]);
      await owner.query("insert into person (id, name, created_at) values ($1, 'x', now())", [ALPHA]);
      const names = (await tablesIn(owner)).filter((table) => !table.isPartition && !isGlobal(table)).map(({ name }) => name);
      await plantRows(owner, names, [ALPHA]);
      await owner.query("set session_replication_role = 'replica'");
      const places: { table: string; column: string; value: string }[] = [];
      for (const table of names) {
        for (const { name, type } of await columnsOf(owner, table)) {
          const value = { text: EMAIL, jsonb: JSON.stringify({ who: [EMAIL] }) }[type];
          if (value !== undefined) places.push({ table, column: name, value });
        }
      }
      await owner.query("update membership set email = $1, name = $2, role = 'member'", [EMAIL, NAME]);
      return places;
    });
    expect(planted.length).toBeGreaterThan(100);
    const caller: Principal = { tenantId: ALPHA, role: 'owner', permissions: [], actor: { kind: 'api_key', id: 'k', label: 'Key' } };
    const forgotten: string[] = [];
    await withClient(own.ownerUrl, async (owner) => {
      await owner.query("set session_replication_role = 'replica'");
      for (const table of new Set(planted.map((place) => place.table))) {
        if (table === 'membership') continue;
        const columns = planted.filter((place) => place.table === table);
        const { rows } = await owner.query<Record<string, unknown>>(
          `select ${columns.map(({ column }) => column).join(', ')} from ${table}`,
        );
        for (const { column, value } of columns) {
          await owner.query(`update ${table} set ${column} = $1`, [value]);
          const copy = await there.app.get(PersonCopies).ofMember(caller, ALPHA);
          const inIt = JSON.stringify(copy.data[table] ?? []).includes(EMAIL);
          const isTold = copy.leftOut.some((left) => left.table === table);
          const decision = TABLE_DECISIONS[table];
          const isSecret = decision?.exported === true && decision.secret?.includes(column) === true;
          if (!inIt && !isTold && !isSecret) forgotten.push(`${table}.${column}`);
          const before = rows[0]?.[column.replaceAll('"', '')];
          const restored = typeof before === 'object' && before !== null ? JSON.stringify(before) : before;
          await owner.query(`update ${table} set ${column} = $1`, [restored]);
        }
      }
    });
    // Where somebody else sat when they did something: theirs, and not this person's.
    expect(forgotten).toEqual(['audit_event.source_ip']);
    await there.app.close();
    await own.drop();
  });

  it('of no tenant that refers to a person is a part of the account, or its name says that it tells nothing', async () => {
    const referring = await withClient(database.ownerUrl, async (client) => {
      const { rows } = await client.query<{ table: string }>(
        `select distinct c.conrelid::regclass::text as table from pg_constraint c join pg_class t on t.oid = c.conrelid
           where c.contype = 'f' and c.confrelid = 'person'::regclass and not t.relrowsecurity`,
      );
      return rows.map(({ table }) => table);
    });
    expect(referring.length).toBeGreaterThan(4);
    expect(Object.keys(ACCOUNT_TABLES).toSorted()).toEqual([...new Set([...referring, 'person'])].toSorted());
  });

  it('that is left out exists, and its reason is a sentence', async () => {
    const tables = new Set((await withClient(database.ownerUrl, tablesIn)).map(({ name }) => name));
    for (const [table, because] of Object.entries(NOT_IN_A_PERSONS_COPY)) {
      expect(tables.has(table), table).toBe(true);
      expect(because).toMatch(/^[A-Z].*\w+ \w+.*\.$/);
    }
  });
});
