create or replace function forget_route(wanted_connection uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ delete from connection_route
        where connection_id = wanted_connection and tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid $$;
alter function forget_route(uuid) owner to countersign_definer;
revoke execute on function forget_route(uuid) from public;
grant execute on function forget_route(uuid) to countersign_app;
