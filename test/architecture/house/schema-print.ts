import type { ClientBase } from 'pg';

interface Line {
  /** What the line is about: a relation, a function, a role. */
  subject: string;
  /** The relation that it is a partition of, on every line of a partition. */
  parent: string | null;
  line: string;
}

/** A right list as text, the default spelt out, so that "never granted" and "granted as by default" are one. */
const rights = (list: string, kind: string, owner: string): string => `
  (select string_agg(format('%s %s%s', granted.who, granted.what, case when granted.handed_on then '*' else '' end), ', ' order by granted.who collate "C", granted.what collate "C")
     from (select case a.grantee when 0 then 'public' else pg_temp.known(a.grantee) end as who, lower(a.privilege_type) as what, a.is_grantable as handed_on
             from aclexplode(coalesce(${list}, acldefault('${kind}', ${owner}))) a where a.grantee <> ${owner}) granted)`;

const PRINT = `
  with ours as (select oid, nspname, nspacl, nspowner from pg_namespace where nspname in ('public', 'pgboss')),
  relations as (
    select c.*, format('%s.%s', n.nspname, c.relname) as subject,
           (select format('%s.%s', pn.nspname, p.relname) from pg_inherits i join pg_class p on p.oid = i.inhparent join pg_namespace pn on pn.oid = p.relnamespace
             where i.inhrelid = c.oid and c.relispartition) as parent
      from pg_class c join ours n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
  ),
  functions as (select p.*, n.nspname, format('%s.%s(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as subject
    from pg_proc p join ours n on n.oid = p.pronamespace)
  select subject, parent, format('0 %s, owner %s%s%s%s%s%s', case relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'S' then 'sequence' else 'relation ' || relkind::text end,
         pg_temp.known(relowner), case when relpersistence = 'u' then ', unlogged' end, case when relrowsecurity then ', row security' end, case when relforcerowsecurity then ' forced' end,
         case when parent is not null then format(', partition of %s %s', parent, pg_get_expr(relpartbound, oid)) end, ', ' || array_to_string(reloptions, ' ')) as line from relations
  union all
  select r.subject, r.parent, format('1 column %s %s %s%s%s%s%s%s', to_char(row_number() over (partition by r.oid order by a.attnum), 'FM000'), a.attname, format_type(a.atttypid, a.atttypmod),
         case when a.attnotnull then ' not null' end,
         case when a.attgenerated <> '' then ' generated ' when d.adbin is not null then ' default ' end || pg_get_expr(d.adbin, d.adrelid),
         case when a.attidentity <> '' then ' identity ' || a.attidentity::text end, case when a.attstorage <> t.typstorage then ' storage ' || a.attstorage::text end,
         case when a.attcollation <> t.typcollation then ' collation ' || a.attcollation::regcollation::text end)
    from relations r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where r.relkind <> 'S'
  union all
  select r.subject, r.parent, format('1 as %s from %s by %s', format_type(s.seqtypid, null), s.seqstart, s.seqincrement) from relations r join pg_sequence s on s.seqrelid = r.oid
  union all
  select r.subject, r.parent, format('2 constraint %s %s', k.conname, pg_get_constraintdef(k.oid)) from relations r join pg_constraint k on k.conrelid = r.oid and k.contype <> 'n'
  union all
  select r.subject, r.parent, format('3 index %s%s', pg_get_indexdef(i.indexrelid), case when not i.indisvalid then ' INVALID' end) from relations r join pg_index i on i.indrelid = r.oid
  union all
  select r.subject, r.parent, format('4 policy %s %s for %s to %s using %s check %s', p.polname, case when p.polpermissive then 'permissive' else 'restrictive' end, p.polcmd,
         (select string_agg(case one when 0 then 'public' else pg_temp.known(one) end, ', ') from unnest(p.polroles) one),
         regexp_replace(coalesce(pg_get_expr(p.polqual, p.polrelid), '-'), '\\s+', ' ', 'g'), regexp_replace(coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '-'), '\\s+', ' ', 'g'))
    from relations r join pg_policy p on p.polrelid = r.oid
  union all
  select r.subject, r.parent, format('5 trigger %s %s', t.tgenabled, pg_get_triggerdef(t.oid)) from relations r join pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal
  union all
  select r.subject, r.parent, format('6 rights %s', ${rights('r.relacl', 'r', 'r.relowner')}) from relations r where r.relkind <> 'S' and r.relacl is not null
  union all
  select r.subject, r.parent, format('6 rights %s', ${rights('r.relacl', 's', 'r.relowner')}) from relations r where r.relkind = 'S' and r.relacl is not null
  union all
  select r.subject, r.parent, format('7 rights on %s: %s', a.attname, ${rights('a.attacl', 'c', 'r.relowner')})
    from relations r join pg_attribute a on a.attrelid = r.oid and a.attacl is not null and not a.attisdropped
  union all
  select subject, null, format('%s %s returns %s, language %s, owner %s, %s, parallel %s%s%s%s%s, text %s', case prokind when 'f' then 'function' else 'routine ' || prokind::text end,
         pg_get_function_arguments(f.oid), pg_get_function_result(f.oid), l.lanname, pg_temp.known(proowner),
         case provolatile when 'v' then 'volatile' when 's' then 'stable' else 'immutable' end, proparallel, case when prosecdef then ', security definer' end, case when proisstrict then ', strict' end,
         case when proleakproof then ', leakproof' end, ', ' || array_to_string(proconfig, '; '), md5(prosrc))
    from functions f join pg_language l on l.oid = f.prolang
  union all
  select subject, null, format('rights %s', ${rights('f.proacl', 'f', 'f.proowner')}) from functions f
  union all
  select 'schema ' || nspname, null, format('owner %s, rights %s', pg_temp.known(nspowner), ${rights('o.nspacl', 'n', 'o.nspowner')}) from ours o
  union all
  select format('type %s.%s', n.nspname, t.typname), null, format('enum %s', (select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))
    from pg_type t join ours n on n.oid = t.typnamespace where t.typtype = 'e'
  union all
  select 'extension ' || extname, null, 'in ' || extnamespace::regnamespace::text from pg_extension
  union all
  select format('default rights of %s', pg_temp.known(defaclrole)), null, format('%s %s %s', defaclnamespace::regnamespace, defaclobjtype, defaclacl) from pg_default_acl
  union all
  select 'role ' || rolname, null, format('%s%s%s%s%s%s%s%s', case when rolcanlogin then 'login' else 'nologin' end, case when rolinherit then ' inherit' end, case when rolsuper then ' superuser' end,
         case when rolcreatedb then ' createdb' end, case when rolcreaterole then ' createrole' end, case when rolreplication then ' replication' end, case when rolbypassrls then ' bypassrls' end,
         (select ', member of ' || string_agg(format('%s (inherit %s, set %s)', m.roleid::regrole, m.inherit_option, m.set_option), ', ' order by m.roleid::regrole::text collate "C")
            from pg_auth_members m where m.member = r.oid))
    from pg_roles r where rolname like 'countersign\\_%' and rolname <> 'countersign_superuser' and oid <> (select datdba from pg_database where datname = current_database())`;

/**
 * Everything that makes the shape of the database and who may use it, as one text per object, sorted: two equal prints, two equal
 * schemas. A function's body stands there as its hash. Needs PostgreSQL 16 or later, which the embedded server is.
 */
export async function schemaPrint(client: ClientBase): Promise<string[]> {
  // The owner has another name on every server.
  await client.query(`create or replace function pg_temp.known(who oid) returns text language sql stable as
    $$ select case when who = datdba then 'owner' else who::regrole::text end from pg_database where datname = current_database() $$`);
  const { rows: all } = await client.query<Line>(PRINT);
  // pg-boss makes a partition for each day on which it works.
  const rows = all
    .filter(({ subject }) => !/^pgboss\.\w+_\d{8}$/.test(subject))
    .map((row) => ({ ...row, line: row.line.replaceAll(/\s+/g, ' ').trim() }));
  await client.query('drop function pg_temp.known(oid)');
  const bySubject = Map.groupBy(
    rows.toSorted((one, other) => (one.line < other.line ? -1 : 1)),
    ({ subject }) => subject,
  );
  const firstOf = new Map<string, { name: string; shape: string }>();
  return [...bySubject.keys()].toSorted().flatMap((subject) => {
    const lines = bySubject.get(subject) ?? [];
    const first = lines[0];
    if (first?.parent == null) return lines.map(({ line }) => `${subject}: ${line}`);
    // Of partitions that differ in name and bounds alone the first stands for all.
    const [, relation = subject] = subject.split('.');
    const shape = lines
      .slice(1)
      .map(({ line }) => line.replaceAll(relation, '‹partition›'))
      .join('\n');
    const known = firstOf.get(first.parent);
    if (known?.shape === shape) return [`${subject}: ${first.line}, like ${known.name}`];
    if (known === undefined) firstOf.set(first.parent, { name: subject, shape });
    return lines.map(({ line }) => `${subject}: ${line}`);
  });
}
