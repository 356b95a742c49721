create or replace function factors_of(wanted_person uuid) returns table (since timestamptz, codes_left integer)
  language sql stable security definer set search_path = public, pg_temp as $$
  select (select a.confirmed_at from authenticator a where a.person_id = wanted_person),
    (select count(*)::integer from recovery_code c where c.person_id = wanted_person)
$$;
alter function factors_of(uuid) owner to countersign_definer;
revoke execute on function factors_of(uuid) from public;
grant execute on function factors_of(uuid) to countersign_app;
