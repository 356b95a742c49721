-- Only for the tenant of this transaction: a tenant cannot route another's account events to itself by naming its id.
create or replace function register_route(wanted_connector text, wanted_account text, wanted_connection uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ insert into connection_route (connector, external_account_id, tenant_id, connection_id)
        values (wanted_connector, wanted_account, nullif(current_setting('app.tenant_id', true), '')::uuid, wanted_connection)
        on conflict (connector, external_account_id, tenant_id) do update set connection_id = excluded.connection_id $$;
alter function register_route(text, text, uuid) owner to countersign_definer;
revoke execute on function register_route(text, text, uuid) from public;
grant execute on function register_route(text, text, uuid) to countersign_app;
