import type { ClientBase } from 'pg';
import { isGlobal, type Table } from './catalogue-tables.js';
import { INDEXES_ACROSS_TENANTS, POINTS_BY_TEXT, POINTS_TO_NO_ROW } from './catalogue-lists.js';

/**
 * Keys lead with the tenant. A unique key without it tells one tenant what another has; a foreign key without it accepts
 * another's hidden row.
 */
export async function keyProblems(client: ClientBase, tables: readonly Table[]): Promise<string[]> {
  const tenantTables = new Map(tables.filter((table) => !isGlobal(table)).map((table) => [table.name, table]));
  return [
    ...(await indexProblems(client, tenantTables)),
    ...(await foreignKeyProblems(client, tenantTables)),
    ...(await referenceProblems(client, tenantTables)),
  ];
}

async function indexProblems(client: ClientBase, tenantTables: ReadonlyMap<string, Table>): Promise<string[]> {
  const { rows } = await client.query<{ table: string; name: string; first: string | null; unique: boolean; primary: boolean }>(`
    select t.relname as table, i.relname as name, x.indisunique as unique, x.indisprimary as primary,
           (select attname from pg_attribute where attrelid = x.indrelid and attnum = x.indkey[0]) as first
      from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
      where t.relnamespace = 'public'::regnamespace order by 1, 2`);
  const ours = rows.filter(({ table }) => tenantTables.has(table));
  const keyed = new Set(ours.filter(({ primary }) => primary).map(({ table }) => table));
  const gone = Object.keys(INDEXES_ACROSS_TENANTS).filter((listed) => !ours.some(({ name }) => name === listed));
  return [
    ...gone.map((name) => `the index ${name} is listed and does not exist`),
    ...[...tenantTables.keys()].filter((table) => !keyed.has(table)).map((table) => `${table} has no primary key`),
    ...ours
      .filter(({ name, first, unique }) => first !== 'tenant_id' && (unique || !(name in INDEXES_ACROSS_TENANTS)))
      .map(({ name, first }) => `the index ${name} leads with ${first ?? 'an expression'}, not with tenant_id`),
  ];
}

async function foreignKeyProblems(client: ClientBase, tenantTables: ReadonlyMap<string, Table>): Promise<string[]> {
  const { rows } = await client.query<{ table: string; name: string; target: string; from: string; to: string; valid: boolean }>(`
    select t.relname as table, c.conname as name, f.relname as target, c.convalidated as valid,
           (select attname from pg_attribute where attrelid = c.conrelid and attnum = c.conkey[1]) as from,
           (select attname from pg_attribute where attrelid = c.confrelid and attnum = c.confkey[1]) as to
      from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_class f on f.oid = c.confrelid
      where c.contype = 'f' and t.relnamespace = 'public'::regnamespace order by 1, 2`);
  const anchored = new Set(rows.filter(({ from }) => from === 'tenant_id').map(({ table }) => table));
  const loose = [...tenantTables.values()].filter(({ name, isPartition }) => !anchored.has(name) && !isPartition && name !== 'audit_event');
  return [
    ...rows
      .filter(({ target, from, to }) => tenantTables.has(target) && !(from === 'tenant_id' && to === 'tenant_id'))
      .map(({ name, target, from }) => `the foreign key ${name} leads with ${from}, and ${target} belongs to tenants`),
    ...rows.filter(({ valid }) => !valid).map(({ name }) => `the foreign key ${name} is not validated`),
    ...loose.map(({ name }) => `${name} has no foreign key that begins with its tenant_id`),
  ];
}

/** A column that names another row is held to a row of the same tenant by a foreign key, or says why it names none. */
async function referenceProblems(client: ClientBase, tenantTables: ReadonlyMap<string, Table>): Promise<string[]> {
  const { rows } = await client.query<{ table: string; column: string; held: boolean }>(
    `
    select t.relname as table, a.attname as column,
           exists (select from pg_constraint c where c.conrelid = t.oid and c.contype = 'f' and a.attnum = any (c.conkey)) as held
      from pg_attribute a join pg_class t on t.oid = a.attrelid
      where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p') and not t.relispartition
        and a.attnum > 0 and not a.attisdropped
        and (a.atttypid = 'uuid'::regtype and a.attname not in ('id', 'tenant_id') or t.relname || '.' || a.attname = any ($1)) order by 1, 2`,
    [POINTS_BY_TEXT],
  );
  const loose = rows.filter(({ table, held }) => tenantTables.has(table) && !held).map(({ table, column }) => `${table}.${column}`);
  return [
    ...loose.filter((name) => !(name in POINTS_TO_NO_ROW)).map((name) => `${name} names a row and no foreign key holds it to the tenant`),
    ...Object.keys(POINTS_TO_NO_ROW)
      .filter((name) => !loose.includes(name))
      .map((name) => `${name} is listed as pointing to no row and is not such a column`),
  ];
}
