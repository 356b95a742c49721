-- True once for each challenge.
create or replace function spend_challenge(for_person uuid, answered text, at_instant timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from spent_challenge where person_id = for_person and at <= at_instant - interval '1 hour';
  insert into spent_challenge (person_id, challenge, at) values (for_person, answered, at_instant) on conflict do nothing;
  return found;
end $$;
alter function spend_challenge(uuid, text, timestamptz) owner to countersign_definer;
revoke execute on function spend_challenge(uuid, text, timestamptz) from public;
grant execute on function spend_challenge(uuid, text, timestamptz) to countersign_app;
