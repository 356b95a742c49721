create or replace function has_factor(wanted_person uuid) returns boolean
  language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from authenticator a where a.person_id = wanted_person and a.confirmed_at is not null)
    or exists (select from passkey k where k.person_id = wanted_person)
$$;
alter function has_factor(uuid) owner to countersign_definer;
revoke execute on function has_factor(uuid) from public;
grant execute on function has_factor(uuid) to countersign_app;
