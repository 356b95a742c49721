-- What a reader of credentials needs, the tenant's key with it, under the caller's own rights and policies. A function because
-- the plan of what stands in one is kept: planning two tables under row security costs as much as all the rest of the read.
create or replace function credentials_of(wanted_tenant uuid, wanted_connection uuid, out sealed text, out epoch bigint, out state text, out key_id uuid, out wrapped_key text)
  language plpgsql stable as $$
begin
  select c.sealed_credentials, c.grant_epoch, c.state, k.id, k.wrapped_key into sealed, epoch, state, key_id, wrapped_key
    from connection c left join tenant_key k on k.tenant_id = c.tenant_id
    where c.tenant_id = wanted_tenant and c.id = wanted_connection;
end $$;
revoke execute on function credentials_of(uuid, uuid) from public;
grant execute on function credentials_of(uuid, uuid) to countersign_app;
