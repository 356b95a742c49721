-- Tables of tenants, those first to which no other one refers any more. Keys that are checked at commit do not count.
create or replace function tenant_tables_in_order() returns setof text language plpgsql stable as $$
declare
  waiting text[];
  ready text[];
begin
  waiting := array(select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity order by 1);
  while cardinality(waiting) > 0 loop
    ready := array(select w from unnest(waiting) w where not exists (
      select from pg_constraint c where c.contype = 'f' and c.confrelid = w::regclass and c.conrelid <> c.confrelid and not c.condeferrable
        and c.conrelid::regclass::text = any(waiting)));
    if cardinality(ready) = 0 then raise exception 'The tables of tenants refer to each other in a circle: %', waiting; end if;
    return query select r from unnest(ready) r order by r;
    waiting := array(select w from unnest(waiting) w where w <> all(ready));
  end loop;
end $$;
