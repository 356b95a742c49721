-- The key, and what its creator may do now: no row of a creator who is no member any more.
create or replace function resolve_api_key(wanted bytea, at_instant timestamptz, from_ip text)
  returns table (tenant_id uuid, api_key_id uuid, name text, role text, scopes text[], limits jsonb, creator_id uuid, creator_role text, creator_limits jsonb)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare live record;
begin
  select k.tenant_id, k.id, k.name, k.role, k.scopes, k.limits, k.creator_id, k.last_used_at, m.role as creator_role, m.limits as creator_limits
    into live
    from credential_lookup c
    join api_key k on k.tenant_id = c.tenant_id and k.id = c.row_id
    join tenant t on t.id = k.tenant_id and t.deleted_at is null
    left join membership m on m.tenant_id = k.tenant_id and m.person_id = k.creator_id
    where c.kind = 'api_key' and c.sha256 = wanted and k.revoked_at is null and (k.expires_at is null or k.expires_at > at_instant);
  if live.id is null then return; end if;
  if live.last_used_at is null or live.last_used_at < at_instant - interval '1 minute' then
    update api_key k set last_used_at = at_instant, last_used_from = from_ip where k.tenant_id = live.tenant_id and k.id = live.id;
  end if;
  return query select live.tenant_id, live.id, live.name, live.role, live.scopes, live.limits, live.creator_id, live.creator_role, live.creator_limits;
end $$;
alter function resolve_api_key(bytea, timestamptz, text) owner to countersign_definer;
revoke execute on function resolve_api_key(bytea, timestamptz, text) from public;
grant execute on function resolve_api_key(bytea, timestamptz, text) to countersign_app;
