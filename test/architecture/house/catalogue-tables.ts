import type { ClientBase } from 'pg';
import { GLOBAL_TABLES } from './catalogue-lists.js';

export interface Table {
  oid: string;
  name: string;
  isPartition: boolean;
  secured: boolean;
  forced: boolean;
  /** The type of its tenant_id with NOT NULL said or not, or nothing. */
  tenantColumn: string | null;
}

export async function tablesIn(client: ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    select c.oid::text, c.relname as name, c.relispartition as "isPartition", c.relrowsecurity as secured, c.relforcerowsecurity as forced,
           (select format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
              from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as "tenantColumn"
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname`);
  return rows;
}

export const isGlobal = (table: Table): boolean => table.name in GLOBAL_TABLES;
