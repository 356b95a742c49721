-- The grant behind a secret, as long as it is in force: asked with every request, so that an end is an end at once.
create or replace function resolve_support(of_kind text, wanted bytea, at_instant timestamptz)
  returns table (tenant_id uuid, tenant_name text, grant_id uuid, operator text, role text, expires_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp as $$
  select g.tenant_id, s.name, g.id, g.operator, g.role, g.expires_at
    from credential_lookup c
    join support_grant g on g.tenant_id = c.tenant_id and g.id = c.row_id
    join tenant t on t.id = g.tenant_id and t.deleted_at is null
    join tenant_settings s on s.tenant_id = g.tenant_id
    where of_kind in ('support', 'support_session') and c.kind = of_kind and c.sha256 = wanted and g.ended_at is null and g.expires_at > at_instant
$$;
alter function resolve_support(text, bytea, timestamptz) owner to countersign_definer;
revoke execute on function resolve_support(text, bytea, timestamptz) from public;
grant execute on function resolve_support(text, bytea, timestamptz) to countersign_app;
