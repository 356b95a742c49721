create or replace function use_recovery_code(for_person uuid, typed_hash bytea) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from recovery_code where person_id = for_person and hash = typed_hash;
  return found;
end $$;
alter function use_recovery_code(uuid, bytea) owner to countersign_definer;
revoke execute on function use_recovery_code(uuid, bytea) from public;
grant execute on function use_recovery_code(uuid, bytea) to countersign_app;
