create or replace function passkeys_of(wanted_person uuid)
  returns table (credential_id text, name text, public_key bytea, counter bigint, transports text[], created_at timestamptz,
    last_used_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp as $$
  select k.credential_id, k.name, k.public_key, k.counter, k.transports, k.created_at, k.last_used_at
    from passkey k where k.person_id = wanted_person order by k.created_at, k.credential_id
$$;
alter function passkeys_of(uuid) owner to countersign_definer;
revoke execute on function passkeys_of(uuid) from public;
grant execute on function passkeys_of(uuid) to countersign_app;
