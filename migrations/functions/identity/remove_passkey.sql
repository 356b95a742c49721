create or replace function remove_passkey(for_person uuid, wanted_id text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from person where id = for_person for update;
  delete from passkey k where k.person_id = for_person and k.credential_id = wanted_id;
  if not found then return false; end if;
  update session set factor_at = null where person_id = for_person;
  delete from recovery_code where person_id = for_person and not has_factor(for_person);
  return true;
end $$;
alter function remove_passkey(uuid, text) owner to countersign_definer;
revoke execute on function remove_passkey(uuid, text) from public;
grant execute on function remove_passkey(uuid, text) to countersign_app;
