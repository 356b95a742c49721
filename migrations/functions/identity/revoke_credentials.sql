create or replace function revoke_credentials(of_kind text, of_row uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ delete from credential_lookup
        where kind = of_kind and row_id = of_row and tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid $$;
alter function revoke_credentials(text, uuid) owner to countersign_definer;
revoke execute on function revoke_credentials(text, uuid) from public;
grant execute on function revoke_credentials(text, uuid) to countersign_app;
