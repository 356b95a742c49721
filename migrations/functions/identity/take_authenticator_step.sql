-- True once for each step, and never for one before it.
create or replace function take_authenticator_step(for_person uuid, step bigint, at_instant timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update authenticator a set last_step = step, confirmed_at = coalesce(a.confirmed_at, at_instant)
    where a.person_id = for_person and a.last_step < step;
  return found;
end $$;
alter function take_authenticator_step(uuid, bigint, timestamptz) owner to countersign_definer;
revoke execute on function take_authenticator_step(uuid, bigint, timestamptz) from public;
grant execute on function take_authenticator_step(uuid, bigint, timestamptz) to countersign_app;
