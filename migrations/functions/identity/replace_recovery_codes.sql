create or replace function replace_recovery_codes(for_person uuid, new_salt bytea, new_hashes bytea[]) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from person where id = for_person for update;
  delete from recovery_code where person_id = for_person;
  insert into recovery_code (person_id, hash, salt) select for_person, h, new_salt from unnest(new_hashes) h;
end $$;
alter function replace_recovery_codes(uuid, bytea, bytea[]) owner to countersign_definer;
revoke execute on function replace_recovery_codes(uuid, bytea, bytea[]) from public;
grant execute on function replace_recovery_codes(uuid, bytea, bytea[]) to countersign_app;
