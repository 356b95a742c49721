-- Ends the session it replaces in the same step, and clears away what has expired of anybody, so that no address and no browser
-- of somebody who stays away is kept. One that goes on in another tenant becomes no younger by it and has proved no more than before.
create or replace function open_session(new_id bytea, for_person uuid, in_tenant uuid, at_instant timestamptz, until timestamptz, replaces bytea,
    by_method text, by_issuer text, by_subject text, from_agent text, from_ip text, goes_on boolean)
  returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  domain text;
  old session;
begin
  if by_subject is not null then
    select i.hosted_domain into domain from identity i
      where i.issuer = by_issuer and i.subject = by_subject and i.person_id = for_person;
    if not found then raise exception 'This identity is not of that person' using errcode = 'insufficient_privilege'; end if;
  end if;
  if in_tenant is not null and not exists (select from memberships_of(for_person) o where o.tenant_id = in_tenant) then
    raise exception 'This person is no member of that tenant' using errcode = 'insufficient_privilege';
  end if;
  if in_tenant is not null and entrance_problem(in_tenant, by_method, by_issuer, domain) is not null then
    raise exception 'That tenant lets nobody in this way' using errcode = 'insufficient_privilege';
  end if;
  if goes_on then
    select s.* into old from session s
      where (s.id_sha256 = replaces or (s.previous_sha256 = replaces and s.previous_until > at_instant)) and s.person_id = for_person;
    if old.id_sha256 is null then raise exception 'There is no such session to go on' using errcode = 'insufficient_privilege'; end if;
  end if;
  delete from session where id_sha256 = replaces or previous_sha256 = replaces;
  delete from session where id_sha256 in
    (select s.id_sha256 from session s where s.expires_at <= at_instant order by s.expires_at limit 100 for update skip locked);
  insert into session (id_sha256, person_id, tenant_id, created_at, last_seen_at, expires_at, method, issuer, subject,
      user_agent, ip, assured_at, factor_at, id_since)
    values (new_id, for_person, in_tenant, coalesce(old.created_at, at_instant), at_instant, coalesce(old.expires_at, until),
      by_method, by_issuer, by_subject, from_agent, from_ip,
      case when goes_on then old.assured_at else at_instant end, old.factor_at, at_instant);
  update person set last_tenant_id = in_tenant where id = for_person and in_tenant is not null;
  update membership set last_seen_at = at_instant where tenant_id = in_tenant and person_id = for_person;
end $$;
alter function open_session(bytea, uuid, uuid, timestamptz, timestamptz, bytea, text, text, text, text, text, boolean) owner to countersign_definer;
revoke execute on function open_session(bytea, uuid, uuid, timestamptz, timestamptz, bytea, text, text, text, text, text, boolean) from public;
grant execute on function open_session(bytea, uuid, uuid, timestamptz, timestamptz, bytea, text, text, text, text, text, boolean) to countersign_app;
