import type { ClientBase } from 'pg';
import { isGlobal, tablesIn } from './catalogue-tables.js';

/** The tenants of every attack on the isolation. */
export const ALPHA = '00000000-0000-7000-8000-00000000000a';
export const BETA = '00000000-0000-7000-8000-00000000000b';

export interface Column {
  name: string;
  type: string;
  notNull: boolean;
  hasDefault: boolean;
}

/** ALPHA and BETA, each with a person and a row in every table of tenants. @returns these tables */
export async function plantTwoTenants(owner: ClientBase): Promise<string[]> {
  await owner.query('insert into tenant (id) values ($1), ($2)', [ALPHA, BETA]);
  await owner.query("insert into person (id, name, created_at) values ($1, 'x', now()), ($2, 'x', now())", [ALPHA, BETA]);
  const tables = (await tablesIn(owner)).filter((table) => !table.isPartition && !isGlobal(table)).map(({ name }) => name);
  await plantRows(owner, tables, [ALPHA, BETA]);
  return tables;
}

/**
 * One row of every table for each tenant, made from the catalogue alone. Every uuid of a tenant's rows is the tenant's own id
 * and every text the same letter, so that all foreign keys hold among them by construction.
 * The client is a superuser of a throwaway database: checks are dropped, since no generator knows what they want.
 */
export async function plantRows(owner: ClientBase, tables: readonly string[], tenantIds: readonly string[]): Promise<void> {
  await dropChecks(owner);
  await owner.query("set session_replication_role = 'replica'");
  for (const tenantId of tenantIds) {
    for (const table of tables) await owner.query(insertOf(table, await columnsOf(owner, table)), [tenantId]);
  }
  await owner.query("set session_replication_role = 'origin'");
}

async function dropChecks(owner: ClientBase): Promise<void> {
  const { rows } = await owner.query<{ table: string; name: string }>(
    `select conrelid::regclass::text as table, quote_ident(conname) as name from pg_constraint
       where contype = 'c' and connamespace = 'public'::regnamespace and conrelid <> 0 and conislocal and coninhcount = 0`,
  );
  for (const { table, name } of rows) await owner.query(`alter table ${table} drop constraint ${name}`);
}

export async function columnsOf(client: ClientBase, table: string): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `select quote_ident(attname) as name, format_type(atttypid, null) as type, attnotnull as "notNull", atthasdef as "hasDefault"
       from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [table],
  );
  return rows;
}

/** The statement that adds a row of the tenant $1. Columns that may stay empty do. */
export function insertOf(table: string, columns: readonly Column[]): string {
  const filled = columns.filter(({ notNull, hasDefault, name }) => name === 'tenant_id' || (notNull && !hasDefault));
  const values = filled.map(({ type }) => valueOf(type));
  return `insert into ${table} (${filled.map(({ name }) => name).join(', ')}) select ${values.join(', ')} from (values ($1::uuid)) as t (id)`;
}

function valueOf(type: string): string {
  if (type === 'uuid') return 't.id';
  if (['text', 'character varying', 'name'].includes(type)) return "'x'";
  if (['integer', 'bigint', 'smallint', 'numeric'].includes(type)) return '1';
  if (type === 'boolean') return 'true';
  if (type === 'jsonb') return "'{}'::jsonb";
  if (type === 'bytea') return "decode(repeat('00', 32), 'hex')";
  if (type === 'date') return "date '2026-06-01'";
  if (type === 'timestamp with time zone') return "timestamptz '2026-06-01'";
  if (type.endsWith('[]')) return `'{}'::${type}`;
  throw new Error(`No sample value for a column of type ${type}: add one to sample-rows.ts`);
}
