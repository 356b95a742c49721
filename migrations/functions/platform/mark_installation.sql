create or replace function mark_installation(wanted text) returns text language plpgsql security definer set search_path = public, pg_temp as $$
declare found text;
begin
  insert into installation (mode) values (wanted) on conflict do nothing;
  select mode into found from installation;
  return found;
end $$;
alter function mark_installation(text) owner to countersign_definer;
revoke execute on function mark_installation(text) from public;
grant execute on function mark_installation(text) to countersign_app;
