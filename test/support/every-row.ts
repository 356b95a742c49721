import { withClient } from '../../src/platform/postgres/roles.js';

export interface FoundRow {
  table: string;
  text: string;
}

/** Every row of every table that is not the server's own, as text; bytes are written in hex. */
export async function everyRow(ownerUrl: string): Promise<FoundRow[]> {
  return await withClient(ownerUrl, async (owner) => {
    const { rows: tables } = await owner.query<{ table: string }>(
      `select format('%I.%I', n.nspname, c.relname) as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'`,
    );
    const found: FoundRow[] = [];
    for (const { table } of tables) {
      const { rows } = await owner.query<{ text: string }>(`select t::text as text from ${table} t`);
      found.push(...rows.map(({ text }) => ({ table, text })));
    }
    return found;
  });
}
