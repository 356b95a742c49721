create or replace function resolve_invitation(wanted bytea, at_instant timestamptz) returns table (tenant_id uuid, invitation_id uuid)
  language sql stable security definer set search_path = public, pg_temp as $$
  select v.tenant_id, v.id
    from credential_lookup c
    join invitation v on v.tenant_id = c.tenant_id and v.id = c.row_id
    join tenant t on t.id = v.tenant_id and t.deleted_at is null
    where c.kind = 'invitation' and c.sha256 = wanted and v.accepted_at is null and v.withdrawn_at is null and v.expires_at > at_instant
$$;
alter function resolve_invitation(bytea, timestamptz) owner to countersign_definer;
revoke execute on function resolve_invitation(bytea, timestamptz) from public;
grant execute on function resolve_invitation(bytea, timestamptz) to countersign_app;
