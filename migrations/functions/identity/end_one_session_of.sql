create or replace function end_one_session_of(wanted_person uuid, wanted_ref uuid) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from session where person_id = wanted_person and ref = wanted_ref;
  return found;
end $$;
alter function end_one_session_of(uuid, uuid) owner to countersign_definer;
revoke execute on function end_one_session_of(uuid, uuid) from public;
grant execute on function end_one_session_of(uuid, uuid) to countersign_app;
