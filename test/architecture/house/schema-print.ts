import type { ClientBase } from 'pg';

/** Everything that makes the shape of the database and who may use it, as one text per object: two equal prints, two equal schemas. */
export async function schemaPrint(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(`
    with ours as (select oid, nspname from pg_namespace where nspname in ('public', 'pgboss'))
    select format('relation %s.%s %s %s %s %s %s', n.nspname, c.relname, c.relkind, c.relowner::regrole, c.relrowsecurity, c.relforcerowsecurity, c.relacl) as line
      from pg_class c join ours n on n.oid = c.relnamespace
    union all
    select format('column %s.%s %s %s %s %s %s', a.attrelid::regclass, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attacl,
                  pg_get_expr(d.adbin, d.adrelid))
      from pg_attribute a join pg_class c on c.oid = a.attrelid join ours n on n.oid = c.relnamespace
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where a.attnum > 0
    union all
    select format('index %s', pg_get_indexdef(i.indexrelid)) from pg_index i join pg_class c on c.oid = i.indrelid join ours n on n.oid = c.relnamespace
    union all
    select format('constraint %s %s %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) from pg_constraint k join ours n on n.oid = k.connamespace
    union all
    select format('policy %s %s %s %s %s %s', p.polrelid::regclass, p.polname, p.polcmd, p.polroles::regrole[],
                  pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) from pg_policy p
    union all
    select format('trigger %s', pg_get_triggerdef(t.oid)) from pg_trigger t where not t.tgisinternal
    union all
    select format('function %s %s %s', p.proowner::regrole, p.proacl, pg_get_functiondef(p.oid)) from pg_proc p join ours n on n.oid = p.pronamespace
    order by line`);
  return rows.map(({ line }) => line);
}
