create or replace function recovery_salt(wanted_person uuid) returns bytea
  language sql stable security definer set search_path = public, pg_temp
  as $$ select c.salt from recovery_code c where c.person_id = wanted_person limit 1 $$;
alter function recovery_salt(uuid) owner to countersign_definer;
revoke execute on function recovery_salt(uuid) from public;
grant execute on function recovery_salt(uuid) to countersign_app;
