create or replace function end_session(wanted bytea) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ delete from session where id_sha256 = wanted or previous_sha256 = wanted $$;
alter function end_session(bytea) owner to countersign_definer;
revoke execute on function end_session(bytea) from public;
grant execute on function end_session(bytea) to countersign_app;
