import type { ClientBase } from 'pg';
import { isGlobal, tablesIn, type Table } from './catalogue-tables.js';

/** One thing taken away from the law of isolation. */
export interface Mutation {
  /** The table, and what is done to it. */
  name: string;
  table: string;
  sql: string;
}

/** Everything that holds a tenant's rows back, taken away one by one: of every table and partition there is. */
export async function policyMutations(client: ClientBase): Promise<Mutation[]> {
  const tables = (await tablesIn(client)).filter((table) => !isGlobal(table));
  return tables.flatMap(({ name }) => [
    mutation(name, 'its policy dropped', `drop policy tenant_isolation on ${name}`),
    mutation(name, 'row security not forced', `alter table ${name} no force row level security`),
    mutation(name, 'row security off', `alter table ${name} disable row level security`),
    mutation(name, 'USING opened', `alter policy tenant_isolation on ${name} using (true)`),
    mutation(name, 'WITH CHECK opened', `alter policy tenant_isolation on ${name} with check (true)`),
    mutation(name, 'a policy more', `create policy also on ${name} using (true)`),
  ]);
}

/** The same for what the app's role could do with it: only where it has any right at all. */
export async function leakMutations(client: ClientBase): Promise<Mutation[]> {
  const readable = new Set(await tablesOfTheApp(client, 'select, insert, update, delete'));
  const writable = new Set(await tablesOfTheApp(client, 'insert, update'));
  const byReading = new Set(['row security off', 'USING opened', 'a policy more']);
  return (await policyMutations(client)).filter(({ name, table }) => {
    const what = name.slice(table.length + 2);
    return (readable.has(table) && byReading.has(what)) || (writable.has(table) && what === 'WITH CHECK opened' && !(table in HELD_TWICE));
  });
}

/** What holds a limited caller back, taken away table by table. */
export async function scopeMutations(client: ClientBase): Promise<Mutation[]> {
  const { rows } = await client.query<{ name: string }>(
    "select polrelid::regclass::text as name from pg_policy where polname = 'caller_scope' order by 1",
  );
  return rows.flatMap(({ name }) => [
    mutation(name, 'its scope dropped', `drop policy caller_scope on ${name}`),
    mutation(name, 'its scope opened', `alter policy caller_scope on ${name} using (true)`),
    mutation(name, 'its scope for another role', `alter policy caller_scope on ${name} to countersign_app`),
  ]);
}

/** Primary keys, and foreign keys between rows of one tenant. */
export async function keyMutations(client: ClientBase): Promise<Mutation[]> {
  const tenantTables = new Map((await tablesIn(client)).filter((table) => !isGlobal(table)).map((table) => [table.name, table]));
  const { rows } = await client.query<{ table: string; name: string; kind: string; columns: number; target: string | null }>(`
    select c.conrelid::regclass::text as table, quote_ident(c.conname) as name, c.contype as kind, cardinality(c.conkey) as columns,
           nullif(c.confrelid, 0)::regclass::text as target
      from pg_constraint c
      where c.connamespace = 'public'::regnamespace and c.contype in ('p', 'f') and c.conparentid = 0 order by 1, 2`);
  return rows
    .filter((row) => tenantTables.has(row.table) && (row.kind === 'p' || isBetweenRows(row, tenantTables)))
    .map(({ table, name }) => mutation(table, `without ${name}`, `alter table ${table} drop constraint ${name} cascade`));
}

function isBetweenRows({ columns, target }: { columns: number; target: string | null }, tenantTables: ReadonlyMap<string, Table>): boolean {
  return columns > 1 && target !== null && tenantTables.has(target);
}

/** Where an open WITH CHECK alone lets nothing in, because something behind it holds the same line. */
const HELD_TWICE: Readonly<Record<string, string>> = {
  audit_event: 'each row is noted in audit_unsealed by a trigger, whose own policy refuses it',
};

async function tablesOfTheApp(client: ClientBase, rights: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and has_table_privilege('countersign_app', c.oid, $1)`,
    [rights],
  );
  return rows.map(({ name }) => name);
}

function mutation(table: string, what: string, sql: string): Mutation {
  return { name: `${table}: ${what}`, table, sql };
}
