import pg from 'pg';
import { OneSentenceError } from '../../process/one-sentence-error.js';

const AT_ONCE = 500;
/** Ours and the job queue's; everything else in a database is not of our making. */
const SCHEMAS = ['public', 'pgboss'];

interface Table {
  schema: string;
  name: string;
  /** Only those that can be written: generated ones follow. */
  columns: string[];
}

export interface CopiedTable {
  table: string;
  rows: number;
}

/**
 * Copies every row of one database of ours into another of the same shape, in one transaction, and compares: count and checksum
 * of every table. Values travel as PostgreSQL writes them in JSON, so numbers keep every figure.
 * @param from a superuser's connection to the old database, @param to to the new one, which our migrations have just made
 */
export async function copyDatabase(from: pg.Client, to: pg.Client): Promise<CopiedTable[]> {
  await from.query('begin isolation level repeatable read read only');
  await to.query('begin');
  // The rows were lawful where they come from, and the checksums say that they are the same: no trigger, no order of tables.
  await to.query("set local session_replication_role = 'replica'");
  await makePartitions(from, to);
  const tables = await tablesOf(from);
  refuseOtherShape(tables, await tablesOf(to));
  await to.query(`truncate ${tables.map(nameOf).join(', ')}`);
  const copied: CopiedTable[] = [];
  for (const table of tables) copied.push({ table: `${table.schema}.${table.name}`, rows: await copyTable(from, to, table) });
  await copySequences(from, to);
  for (const table of tables) await compare(from, to, table);
  await to.query('commit');
  await from.query('commit');
  return copied;
}

/** Partitions are made as time goes by and as queues are; what the new database does not have yet is made like the old one's. */
async function makePartitions(from: pg.Client, to: pg.Client): Promise<void> {
  const { rows } = await from.query<{ name: string; parent: string; bound: string }>(
    `select c.oid::regclass::text as name, i.inhparent::regclass::text as parent, pg_get_expr(c.relpartbound, c.oid) as bound
       from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_namespace n on n.oid = c.relnamespace
      where c.relispartition and c.relkind in ('r', 'p') and n.nspname = any($1) order by c.oid`,
    [SCHEMAS],
  );
  for (const { name, parent, bound } of rows) {
    const found = await to.query<{ there: boolean }>('select to_regclass($1) is not null as there', [name]);
    if (found.rows[0]?.there === false) await to.query(`create table ${name} partition of ${parent} ${bound}`);
  }
}

/** Tables and the roots of partitioned ones, in one order. */
async function tablesOf(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select n.nspname as schema, c.relname as name,
            array_agg(a.attname::text order by a.attname) filter (where a.attgenerated = '') as columns
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relispartition
      group by 1, 2 order by 1, 2`,
    [SCHEMAS],
  );
  return rows;
}

function refuseOtherShape(from: readonly Table[], to: readonly Table[]): void {
  const shape = (tables: readonly Table[]): string[] => tables.map(({ schema, name, columns }) => `${schema}.${name}(${columns.join()})`);
  const [ours, theirs] = [shape(from), new Set(shape(to))];
  const missing = ours.filter((table) => !theirs.has(table));
  if (missing.length === 0 && ours.length === theirs.size) return;
  throw new OneSentenceError(`The two databases do not have the same tables (${missing[0] ?? 'one is new'}): nothing was copied.`);
}

async function copyTable(from: pg.Client, to: pg.Client, table: Table): Promise<number> {
  const columns = table.columns.map((name) => pg.escapeIdentifier(name)).join(', ');
  await from.query(`declare rows no scroll cursor for select to_jsonb(t)::text as row from ${nameOf(table)} t`);
  let count = 0;
  for (;;) {
    const { rows } = await from.query<{ row: string }>(`fetch ${AT_ONCE} from rows`);
    if (rows.length === 0) break;
    await to.query(
      `insert into ${nameOf(table)} (${columns}) overriding system value
       select ${columns} from jsonb_populate_recordset(null::${nameOf(table)}, $1::jsonb)`,
      [`[${rows.map(({ row }) => row).join(',')}]`],
    );
    count += rows.length;
  }
  await from.query('close rows');
  return count;
}

async function copySequences(from: pg.Client, to: pg.Client): Promise<void> {
  const { rows } = await from.query<{ name: string; last: string | null }>(
    `select format('%I.%I', schemaname, sequencename) as name, last_value::text as last from pg_sequences where schemaname = any($1)`,
    [SCHEMAS],
  );
  for (const { name, last } of rows) if (last !== null) await to.query('select setval($1::regclass, $2::bigint)', [name, last]);
}

async function compare(from: pg.Client, to: pg.Client, table: Table): Promise<void> {
  const [before, after] = [await checksum(from, table), await checksum(to, table)];
  if (before === after) return;
  throw new OneSentenceError(`${table.schema}.${table.name} did not arrive as it was (${before} and ${after}): nothing was copied.`);
}

/** Count and a sum over the rows as text, in whatever order they lie; columns by name, which is what the two have in common. */
async function checksum(client: pg.Client, table: Table): Promise<string> {
  const row = table.columns.map((name) => `t.${pg.escapeIdentifier(name)}`).join(', ');
  const { rows } = await client.query<{ count: string; sum: string }>(
    `select count(*)::text as count, coalesce(sum(hashtextextended(row(${row})::text, 0)::numeric), 0)::text as sum from ${nameOf(table)} t`,
  );
  return `${rows[0]?.count ?? '?'} rows, ${rows[0]?.sum ?? '?'}`;
}

const nameOf = ({ schema, name }: Pick<Table, 'schema' | 'name'>): string => `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
