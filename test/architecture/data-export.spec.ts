/** Goal: no table and no column that looks like a secret is without a decision on whether a tenant's export holds it. */
import type { ClientBase } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TABLE_DECISIONS } from '../../src/lifecycle/export/table-decisions.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** Whatever is bytes, and whatever is called like something that opens or proves something. */
const SECRET_LOOKING = /secret|hash|salt|sealed|token|sha256|password|credential|nonce|cipher|signature_key|(^|_)keys?$|(^|_)code$|prefix/;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => await database.drop());

interface Found {
  table: string;
  column: string;
  type: string;
}

async function problems(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<Found>(
    `select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1, a.attnum`,
  );
  const tables = new Set(rows.map(({ table }) => table));
  const columns = new Set(rows.map(({ table, column }) => `${table}.${column}`));
  return [
    ...[...tables].filter((table) => !(table in TABLE_DECISIONS)).map((table) => `${table}: nobody has decided whether it is exported`),
    ...Object.keys(TABLE_DECISIONS)
      .filter((table) => !tables.has(table))
      .map((table) => `${table} is decided on and does not exist`),
    ...rows.flatMap((found) => columnProblem(found)),
    ...Object.entries(TABLE_DECISIONS).flatMap(([table, decision]) =>
      (decision.exported ? [...(decision.secret ?? []), ...Object.keys(decision.harmless ?? {})] : [])
        .filter((column) => !columns.has(`${table}.${column}`))
        .map((column) => `${table}.${column} is decided on and does not exist`),
    ),
  ];
}

function columnProblem({ table, column, type }: Found): string[] {
  const decision = TABLE_DECISIONS[table];
  if (!decision?.exported) return [];
  const looksSecret = type === 'bytea' || (SECRET_LOOKING.test(column) && type !== 'boolean' && !type.startsWith('timestamp'));
  const isDecided = decision.secret?.includes(column) === true || decision.harmless?.[column] !== undefined;
  return looksSecret && !isDecided ? [`${table}.${column} looks like a secret and is exported`] : [];
}

async function undone(sql: string): Promise<string[]> {
  return await withClient(database.ownerUrl, async (client) => {
    await client.query('begin');
    await client.query(sql);
    const found = await problems(client);
    await client.query('rollback');
    return found;
  });
}

describe('the export of everything', () => {
  it('has decided on every table and every column that looks like a secret', async () => {
    expect(await undone('select')).toEqual([]);
  });

  it('says why each thing that is left out is', () => {
    for (const decision of Object.values(TABLE_DECISIONS)) if (!decision.exported) expect(decision.because).toMatch(/\w+ \w+/);
  });

  it.each([
    ['create table gift (tenant_id uuid)', 'gift: nobody has decided whether it is exported'],
    ['alter table invoice add magic_token text', 'invoice.magic_token looks like a secret and is exported'],
    ['alter table brand add stamp bytea', 'brand.stamp looks like a secret and is exported'],
    ['alter table connection rename sealed_credentials to sealed_pair', 'connection.sealed_credentials is decided on and does not exist'],
  ])('would be seen to hold too much after: %s', async (sql, complaint) => {
    expect(await undone(sql)).toContain(complaint);
  });
});
