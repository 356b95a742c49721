create or replace function create_person(new_id uuid, new_name text, at_instant timestamptz) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ insert into person (id, name, created_at) values (new_id, new_name, at_instant) $$;
alter function create_person(uuid, text, timestamptz) owner to countersign_definer;
revoke execute on function create_person(uuid, text, timestamptz) from public;
grant execute on function create_person(uuid, text, timestamptz) to countersign_app;
