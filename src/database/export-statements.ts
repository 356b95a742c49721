/** Anything that answers statements in one snapshot: a transaction of the app, or an operator's connection. */
export interface SnapshotReader {
  query<T>(sql: string, parameters?: unknown[]): Promise<T[]>;
}

export interface ExportColumn {
  name: string;
  type: string;
}

export interface ExportTable {
  name: string;
  columns: ExportColumn[];
}

/** Until the transaction ends. A function cannot do it for itself: the time of a statement is set when it begins. */
export const MINUTES_FOR_EACH_STATEMENT = "set local statement_timeout = '10min'";

/** From now on everything is read as it is at this moment, and instants are written in UTC. */
export const SNAPSHOT_STATEMENTS = [
  'set transaction isolation level repeatable read read only',
  "set local time zone 'UTC'",
  MINUTES_FOR_EACH_STATEMENT,
  "set local idle_in_transaction_session_timeout = '10min'",
];

/** Every table with a tenant_id, from the catalogue: what a later version adds is there without being named here. */
export async function tablesOfTenants(reader: SnapshotReader): Promise<ExportTable[]> {
  const rows = await reader.query<{ table: string; columns: ExportColumn[] }>(
    `select c.relname as "table", jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, null)) order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped)
     group by c.relname order by c.relname`,
  );
  return rows.map(({ table, columns }) => ({ name: table, columns }));
}

export async function countRows(reader: SnapshotReader, table: string, tenantId: string): Promise<number> {
  const [row] = await reader.query<{ count: string }>(`select count(*) as count from ${quoted(table)} where tenant_id = $1`, [tenantId]);
  return Number.parseInt(row?.count ?? '0', 10);
}

const ROWS_AT_ONCE = 500;
const PDFS_AT_ONCE = 4;

/** Each row as a line of JSON. Amounts are texts, so that no reader rounds them; bytes are base64. */
export async function* linesOf(reader: SnapshotReader, { name, columns }: ExportTable, tenantId: string): AsyncGenerator<string> {
  const list = columns.map((column) => selected(column)).join(', ');
  const select = `select row_to_json(r)::text as line from (select ${list} from ${quoted(name)} where tenant_id = $1) r`;
  for await (const { line } of fetched<{ line: string }>(reader, select, tenantId, ROWS_AT_ONCE)) yield `${line}\n`;
}

export async function* pdfsOf(reader: SnapshotReader, tenantId: string): AsyncGenerator<{ sha256: string; bytes: Buffer }> {
  yield* fetched(reader, 'select sha256, bytes from document_bytes where tenant_id = $1 order by sha256', tenantId, PDFS_AT_ONCE);
}

/** Through a cursor, so that only a handful of rows is in memory. */
async function* fetched<T>(reader: SnapshotReader, select: string, tenantId: string, atOnce: number): AsyncGenerator<T> {
  await reader.query(`declare exported no scroll cursor for ${select}`, [tenantId]);
  for (;;) {
    const rows = await reader.query<T>(`fetch ${atOnce} from exported`);
    yield* rows;
    if (rows.length < atOnce) break;
  }
  await reader.query('close exported');
}

/** A column as it is written to JSON: amounts are texts, bytes are base64. */
export function selected({ name, type }: ExportColumn): string {
  if (type === 'numeric') return `${quoted(name)}::text`;
  if (type === 'bytea') return `encode(${quoted(name)}, 'base64') as ${quoted(name)}`;
  return quoted(name);
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
