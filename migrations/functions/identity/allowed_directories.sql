-- The directories that any tenant lets in; not which tenant, and never a reason by itself to let somebody in.
create or replace function allowed_directories() returns setof text
  language sql stable security definer set search_path = public, pg_temp as $$
  select distinct d.directory
    from tenant_settings s
    join tenant t on t.id = s.tenant_id and t.deleted_at is null
    cross join unnest(s.allowed_directories) as d (directory)
    where 'microsoft' = any (s.sign_in_methods)
$$;
alter function allowed_directories() owner to countersign_definer;
revoke execute on function allowed_directories() from public;
grant execute on function allowed_directories() to countersign_app;
