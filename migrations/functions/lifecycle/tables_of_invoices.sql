-- Every table whose rows belong to an invoice, from the foreign keys, those first to which no other of them refers. `condition`
-- is about a row `t`; $1 is the tenant, $2 the invoices. So a table of a later version goes with its invoice without being named.
create or replace function tables_of_invoices() returns table (target text, condition text) language plpgsql stable as $$
declare
  known jsonb := '{"invoice": "@.id = any($2)"}';
  links jsonb;
  link record;
  grew boolean := true;
  waiting text[];
  ready text[];
begin
  while grew loop
    grew := false;
    for link in
      select c.conrelid::regclass::text as child, c.confrelid::regclass::text as parent,
             (select quote_ident(attname) from pg_attribute where attrelid = c.conrelid and attnum = c.conkey[2]) as child_column,
             (select quote_ident(attname) from pg_attribute where attrelid = c.confrelid and attnum = c.confkey[2]) as parent_column
        from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace and cardinality(c.conkey) = 2
          and c.confrelid::regclass::text <> c.conrelid::regclass::text and c.conparentid = 0
        order by (c.confrelid = 'invoice'::regclass) desc, 1, 3
    loop
      continue when not known ? link.parent or known ? link.child;
      known := known || jsonb_build_object(link.child, case
        when link.parent = 'invoice' then format('@.%s = any($2)', link.child_column)
        else format('(@.%s) in (select x.%s from %s x where x.tenant_id = $1 and %s)', link.child_column, link.parent_column, link.parent,
          replace(known ->> link.parent, '@', 'x')) end);
      grew := true;
    end loop;
  end loop;
  waiting := array(select jsonb_object_keys(known) order by 1);
  while cardinality(waiting) > 0 loop
    ready := array(select w from unnest(waiting) w where not exists (
      select from pg_constraint c where c.contype = 'f' and c.confrelid = w::regclass and c.conrelid <> c.confrelid and not c.condeferrable
        and c.conrelid::regclass::text = any(waiting)));
    if cardinality(ready) = 0 then raise exception 'The tables of invoices refer to each other in a circle: %', waiting; end if;
    return query select r, replace(known ->> r, '@', 't') from unnest(ready) r order by r;
    waiting := array(select w from unnest(waiting) w where w <> all(ready));
  end loop;
end $$;
