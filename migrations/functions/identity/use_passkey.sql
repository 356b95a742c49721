create or replace function use_passkey(for_person uuid, wanted_id text, new_counter bigint, at_instant timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update passkey k set counter = new_counter, last_used_at = at_instant
    where k.person_id = for_person and k.credential_id = wanted_id and (k.counter < new_counter or (k.counter = 0 and new_counter = 0));
  return found;
end $$;
alter function use_passkey(uuid, text, bigint, timestamptz) owner to countersign_definer;
revoke execute on function use_passkey(uuid, text, bigint, timestamptz) from public;
grant execute on function use_passkey(uuid, text, bigint, timestamptz) to countersign_app;
