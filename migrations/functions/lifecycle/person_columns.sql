-- Columns that may hold a name or an address, of every table of tenants: whatever is text or JSON, unless `person_kept_columns`
-- names it, it decides by a fixed set of words, or is part of a key that other rows refer to.
create or replace function person_columns() returns table (target text, named text, kind text) language sql stable as $$
  select c.relname::text, a.attname::text, format_type(a.atttypid, null)
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity
      and format_type(a.atttypid, null) in ('text', 'jsonb')
      and c.relname not like 'audit%'
      and not exists (select from person_kept_columns() k where k.target = c.relname and k.named in ('*', a.attname))
      and not exists (select from pg_constraint p where p.conrelid = c.oid and p.contype = 'p' and a.attnum = any(p.conkey))
      and not exists (select from pg_constraint p where p.conrelid = c.oid and p.contype = 'c' and p.conkey = array[a.attnum]
        and pg_get_constraintdef(p.oid) ~ '= ANY')
    order by 1, 2
$$;
