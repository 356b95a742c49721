-- Whose identity this is from now on. One that already belongs to somebody stays theirs.
create or replace function link_identity(new_issuer text, new_subject text, for_person uuid, shown_email text, at_instant timestamptz) returns uuid
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into identity (issuer, subject, person_id, email, linked_at, last_used_at)
    values (new_issuer, new_subject, for_person, shown_email, at_instant, at_instant) on conflict do nothing;
  return (select i.person_id from identity i where i.issuer = new_issuer and i.subject = new_subject);
end $$;
alter function link_identity(text, text, uuid, text, timestamptz) owner to countersign_definer;
revoke execute on function link_identity(text, text, uuid, text, timestamptz) from public;
grant execute on function link_identity(text, text, uuid, text, timestamptz) to countersign_app;
