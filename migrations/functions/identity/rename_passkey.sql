create or replace function rename_passkey(for_person uuid, wanted_id text, new_name text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update passkey k set name = new_name where k.person_id = for_person and k.credential_id = wanted_id;
  return found;
end $$;
alter function rename_passkey(uuid, text, text) owner to countersign_definer;
revoke execute on function rename_passkey(uuid, text, text) from public;
grant execute on function rename_passkey(uuid, text, text) to countersign_app;
