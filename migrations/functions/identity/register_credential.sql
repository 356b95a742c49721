-- Only for the tenant of this transaction, so that no tenant can make a secret that opens another.
create or replace function register_credential(new_kind text, new_sha256 bytea, for_row uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ insert into credential_lookup (kind, sha256, tenant_id, row_id)
        values (new_kind, new_sha256, nullif(current_setting('app.tenant_id', true), '')::uuid, for_row) $$;
alter function register_credential(text, bytea, uuid) owner to countersign_definer;
revoke execute on function register_credential(text, bytea, uuid) from public;
grant execute on function register_credential(text, bytea, uuid) to countersign_app;
