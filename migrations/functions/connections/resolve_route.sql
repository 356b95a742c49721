create or replace function resolve_route(wanted_connector text, wanted_account text) returns table (tenant_id uuid, connection_id uuid)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select r.tenant_id, r.connection_id from connection_route r where r.connector = wanted_connector and r.external_account_id = wanted_account $$;
alter function resolve_route(text, text) owner to countersign_definer;
revoke execute on function resolve_route(text, text) from public;
grant execute on function resolve_route(text, text) to countersign_app;
