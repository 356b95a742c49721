create or replace function sessions_of(wanted_person uuid, at_instant timestamptz)
  returns table (ref uuid, tenant_name text, created_at timestamptz, last_seen_at timestamptz, user_agent text, ip text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select s.ref, t.name, s.created_at, s.last_seen_at, s.user_agent, s.ip
    from session s left join tenant_settings t on t.tenant_id = s.tenant_id
    where s.person_id = wanted_person and s.expires_at > at_instant
      and s.last_seen_at > at_instant - make_interval(mins => coalesce(t.session_idle_minutes, 720))
      and (t.session_hours is null or s.created_at > at_instant - make_interval(hours => t.session_hours))
    order by s.last_seen_at desc, s.ref
$$;
alter function sessions_of(uuid, timestamptz) owner to countersign_definer;
revoke execute on function sessions_of(uuid, timestamptz) from public;
grant execute on function sessions_of(uuid, timestamptz) to countersign_app;
