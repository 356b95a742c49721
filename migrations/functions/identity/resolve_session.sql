-- The person of a live session, named as their tenant does, and the membership as it is now. Notes the visit at most once a minute.
-- The tenant's own limits can only end it sooner. `id_since` is null for whoever came with the id before.
create or replace function resolve_session(wanted bytea, at_instant timestamptz, idle_seconds integer)
  returns table (person_id uuid, person_name text, tenant_id uuid, tenant_name text, role text, email text,
    method text, issuer text, subject text, hosted_domain text,
    ref uuid, assured_at timestamptz, factor_at timestamptz, has_factor boolean, factor_demanded boolean, id_since timestamptz)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  live session;
  domain text;
  enters boolean;
begin
  select s.* into live from session s
    left join tenant_settings t on t.tenant_id = s.tenant_id
    where (s.id_sha256 = wanted or (s.previous_sha256 = wanted and s.previous_until > at_instant)) and s.expires_at > at_instant
      and s.last_seen_at > at_instant - make_interval(secs => least(idle_seconds, t.session_idle_minutes * 60))
      and (t.session_hours is null or s.created_at > at_instant - make_interval(hours => t.session_hours));
  if live.id_sha256 is null then return; end if;
  if live.subject is not null then
    select i.hosted_domain into domain from identity i
      where i.issuer = live.issuer and i.subject = live.subject and i.person_id = live.person_id;
    if not found then return; end if;
  end if;
  enters := entrance_problem(live.tenant_id, live.method, live.issuer, domain) is null;
  if live.last_seen_at < at_instant - interval '1 minute' then
    update session s set last_seen_at = at_instant where s.ref = live.ref;
    update membership m set last_seen_at = at_instant
      where enters and m.tenant_id = live.tenant_id and m.person_id = live.person_id;
  end if;
  return query
    select p.id, coalesce(m.name, p.name), o.tenant_id, o.tenant_name, o.role, o.email, live.method, live.issuer, live.subject, domain,
        live.ref, live.assured_at, live.factor_at,
        has_factor(p.id),
        coalesce(t.second_factor = 'everyone' or (t.second_factor = 'admins' and o.role in ('admin', 'owner')), false),
        case when live.id_sha256 = wanted then live.id_since end
      from person p
      left join memberships_of(p.id) o on o.tenant_id = live.tenant_id and enters
      left join membership m on m.tenant_id = o.tenant_id and m.person_id = p.id
      left join tenant_settings t on t.tenant_id = o.tenant_id
      where p.id = live.person_id;
end $$;
alter function resolve_session(bytea, timestamptz, integer) owner to countersign_definer;
revoke execute on function resolve_session(bytea, timestamptz, integer) from public;
grant execute on function resolve_session(bytea, timestamptz, integer) to countersign_app;
