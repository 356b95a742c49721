-- Never the last one: nobody could come in again. What it opened ends with it. 'gone', 'last', or null when it is done.
create or replace function unlink_identity(for_person uuid, wanted_issuer text, wanted_subject text) returns text
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- Two at the same time must not both find another one left.
  perform from person where id = for_person for update;
  if not exists (select from identity where issuer = wanted_issuer and subject = wanted_subject and person_id = for_person) then
    return 'gone';
  end if;
  if (select count(*) from identity where person_id = for_person) < 2 then return 'last'; end if;
  delete from session where issuer = wanted_issuer and subject = wanted_subject;
  delete from identity where issuer = wanted_issuer and subject = wanted_subject and person_id = for_person;
  return null;
end $$;
alter function unlink_identity(uuid, text, text) owner to countersign_definer;
revoke execute on function unlink_identity(uuid, text, text) from public;
grant execute on function unlink_identity(uuid, text, text) to countersign_app;
