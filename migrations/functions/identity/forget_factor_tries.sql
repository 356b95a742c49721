create or replace function forget_factor_tries(for_person uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ delete from factor_try where person_id = for_person $$;
alter function forget_factor_tries(uuid) owner to countersign_definer;
revoke execute on function forget_factor_tries(uuid) from public;
grant execute on function forget_factor_tries(uuid) to countersign_app;
