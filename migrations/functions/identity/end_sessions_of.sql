create or replace function end_sessions_of(wanted_person uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ delete from session where person_id = wanted_person $$;
alter function end_sessions_of(uuid) owner to countersign_definer;
revoke execute on function end_sessions_of(uuid) from public;
grant execute on function end_sessions_of(uuid) to countersign_app;
