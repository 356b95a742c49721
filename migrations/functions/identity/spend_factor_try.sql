-- Every typed code is a try, also when the process dies after it: 5 in 15 minutes for each person, whichever tenant or session.
create or replace function spend_factor_try(for_person uuid, at_instant timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from person where id = for_person for update;
  delete from factor_try where person_id = for_person and at <= at_instant - interval '15 minutes';
  if (select count(*) from factor_try where person_id = for_person) >= 5 then return false; end if;
  insert into factor_try (person_id, at) values (for_person, at_instant);
  return true;
end $$;
alter function spend_factor_try(uuid, timestamptz) owner to countersign_definer;
revoke execute on function spend_factor_try(uuid, timestamptz) from public;
grant execute on function spend_factor_try(uuid, timestamptz) to countersign_app;
