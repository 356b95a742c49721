-- What an admin may end: sessions of this tenant, never those that a person has elsewhere.
create or replace function end_sessions_here(wanted_person uuid) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare ended integer;
begin
  delete from session where person_id = wanted_person and tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid;
  get diagnostics ended = row_count;
  return ended;
end $$;
alter function end_sessions_here(uuid) owner to countersign_definer;
revoke execute on function end_sessions_here(uuid) from public;
grant execute on function end_sessions_here(uuid) to countersign_app;
