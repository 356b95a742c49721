-- The same for vendors that call each connection at an address of its own.
create or replace function resolve_connection(wanted_connector text, wanted_connection uuid) returns table (tenant_id uuid, external_account_id text)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select r.tenant_id, r.external_account_id from connection_route r where r.connector = wanted_connector and r.connection_id = wanted_connection $$;
alter function resolve_connection(text, uuid) owner to countersign_definer;
revoke execute on function resolve_connection(text, uuid) from public;
grant execute on function resolve_connection(text, uuid) to countersign_app;
