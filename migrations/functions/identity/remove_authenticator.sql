create or replace function remove_authenticator(for_person uuid) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare removed boolean;
begin
  perform from person where id = for_person for update;
  update session set factor_at = null where person_id = for_person;
  delete from authenticator where person_id = for_person and confirmed_at is not null;
  removed := found;
  -- They stand in for the factors, so they go with the last one.
  delete from recovery_code where person_id = for_person and not has_factor(for_person);
  return removed;
end $$;
alter function remove_authenticator(uuid) owner to countersign_definer;
revoke execute on function remove_authenticator(uuid) from public;
grant execute on function remove_authenticator(uuid) to countersign_app;
