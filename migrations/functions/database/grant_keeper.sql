-- The keeper works in the tenant of its transaction, as everybody does. It may remove rows of every table of tenants, and change
-- those that the app may change. The migrator calls this after the last migration, so that later tables are reached, too.
create or replace function grant_keeper() returns void language plpgsql as $$
declare one regclass;
begin
  for one in select c.oid::regclass from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity
      and c.relowner <> 'countersign_keeper'::regrole
  loop
    execute format('grant select, delete on %s to countersign_keeper', one);
    if has_any_column_privilege('countersign_app', one, 'update') then execute format('grant update on %s to countersign_keeper', one); end if;
  end loop;
end $$;
revoke execute on function grant_keeper() from public;
