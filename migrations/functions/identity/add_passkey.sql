-- False when the key is somebody's already, or the person has ten.
create or replace function add_passkey(for_person uuid, new_id text, new_name text, new_key bytea, new_counter bigint, new_transports text[],
    at_instant timestamptz)
  returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from person where id = for_person for update;
  if (select count(*) from passkey k where k.person_id = for_person) >= 10 then return false; end if;
  insert into passkey (credential_id, person_id, name, public_key, counter, transports, created_at)
    values (new_id, for_person, new_name, new_key, new_counter, new_transports, at_instant) on conflict do nothing;
  return found;
end $$;
alter function add_passkey(uuid, text, text, bytea, bigint, text[], timestamptz) owner to countersign_definer;
revoke execute on function add_passkey(uuid, text, text, bytea, bigint, text[], timestamptz) from public;
grant execute on function add_passkey(uuid, text, text, bytea, bigint, text[], timestamptz) to countersign_app;
