-- Open invitations for an address whose owner is at the door.
create or replace function invitations_for(proven_address text, at_instant timestamptz) returns table (tenant_id uuid, invitation_id uuid)
  language sql stable security definer set search_path = public, pg_temp as $$
  select v.tenant_id, v.id
    from invitation v
    join tenant t on t.id = v.tenant_id and t.deleted_at is null
    where v.email = proven_address and v.accepted_at is null and v.withdrawn_at is null and v.expires_at > at_instant
$$;
alter function invitations_for(text, timestamptz) owner to countersign_definer;
revoke execute on function invitations_for(text, timestamptz) from public;
grant execute on function invitations_for(text, timestamptz) to countersign_app;
