create or replace function authenticator_of(wanted_person uuid) returns table (sealed_secret text, confirmed_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select a.sealed_secret, a.confirmed_at from authenticator a where a.person_id = wanted_person $$;
alter function authenticator_of(uuid) owner to countersign_definer;
revoke execute on function authenticator_of(uuid) from public;
grant execute on function authenticator_of(uuid) to countersign_app;
