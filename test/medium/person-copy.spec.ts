/** Goal: whoever asks what is held about them gets all of it, and nothing of others. Real HTTP and Postgres. */
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT_TABLES, NOT_IN_A_PERSONS_COPY, PersonCopies, type PersonCopy } from '../../src/lifecycle/export/person-copy.js';
import { TABLE_DECISIONS } from '../../src/lifecycle/export/table-decisions.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import type { Caller } from '../../src/storage/actor.js';
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
const ask = async (role: 'owner' | 'admin' | 'member', path: string) =>
  await fetch(whole.url + path, { method: 'POST', redirect: 'manual', headers: headersOf(role) });

async function memberOf(role: string): Promise<string> {
  return await withClient(database.ownerUrl, async (client) => {
    const sql = 'select person_id as id from membership where tenant_id = $1 and role = $2';
    const { rows } = await client.query<{ id: string }>(sql, [tenant.tenantId, role]);
    return rows[0]?.id ?? '';
  });
}

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
    for (const path of ['/settings/account/copy', `/settings/members/${await memberOf('member')}/copy`]) {
      const answer = await ask('owner', path);
      expect([answer.status, answer.headers.get('location')]).toEqual([303, expect.stringMatching(/^\/sign-in\/confirm/)]);
    }
    await withClient(database.ownerUrl, (client) => client.query("update session set assured_at = now() + interval '1 hour'"));
  });

  it('of a member is fetched by an admin or owner who answers them, without their account, and never of somebody above', async () => {
    const id = await memberOf('member');
    const answer = await ask('admin', `/settings/members/${id}/copy`);
    const copy = (await answer.json()) as PersonCopy;
    expect([answer.status, copy.account, copy.data['membership']?.length]).toEqual([200, undefined, 1]);
    expect(await actions()).toContain(`The admin about ${id}`);
    expect((await ask('member', `/settings/members/${await memberOf('admin')}/copy`)).status).toBe(403);
    expect((await ask('admin', `/settings/members/${await memberOf('owner')}/copy`)).status).toBe(403);
    expect((await ask('owner', '/settings/members/0199f0a0-0000-7000-8000-000000000002/copy')).status).toBe(404);
  });

  it('is offered on both pages', async () => {
    const shown = async (path: string) => await (await fetch(whole.url + path, { headers: headersOf('admin') })).text();
    expect(await shown('/settings/account')).toContain('action="/settings/account/copy"');
    const id = await memberOf('member');
    expect(await shown(`/settings/members/${id}`)).toContain(`action="/settings/members/${id}/copy"`);
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
    const caller: Caller = { tenantId: ALPHA, role: 'owner', permissions: [], actor: { kind: 'api_key', id: 'k', label: 'Key' } };
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
