-- One that waits for its first code gives way; one that is in use never does.
create or replace function offer_authenticator(for_person uuid, sealed text, at_instant timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into authenticator as a (person_id, sealed_secret, created_at) values (for_person, sealed, at_instant)
    on conflict (person_id) do update set sealed_secret = excluded.sealed_secret, created_at = excluded.created_at
    where a.confirmed_at is null;
  return found;
end $$;
alter function offer_authenticator(uuid, text, timestamptz) owner to countersign_definer;
revoke execute on function offer_authenticator(uuid, text, timestamptz) from public;
grant execute on function offer_authenticator(uuid, text, timestamptz) to countersign_app;
