-- In which tenant's name a sign-in code goes to this address: one that the person belongs to, or that invites it.
create or replace function sign_in_tenant(address text, at_instant timestamptz) returns uuid
  language sql stable security definer set search_path = public, pg_temp as $$
  select c.tenant_id from (
    select o.tenant_id, 0 as rank from identity i cross join lateral memberships_of(i.person_id) o where i.issuer = 'email' and i.subject = address
    union all
    select v.tenant_id, 1 from invitations_for(address, at_instant) v
  ) c order by c.rank, c.tenant_id limit 1
$$;
alter function sign_in_tenant(text, timestamptz) owner to countersign_definer;
revoke execute on function sign_in_tenant(text, timestamptz) from public;
grant execute on function sign_in_tenant(text, timestamptz) to countersign_app;
