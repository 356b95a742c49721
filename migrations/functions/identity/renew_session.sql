-- While it is used: a new id, and the old one for as long as `grace` says. False for all but the first of those who ask at the same
-- time: they waited for its row and find that their id is the one before.
create or replace function renew_session(old_id bytea, new_id bytea, at_instant timestamptz, grace interval) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update session s set id_sha256 = new_id, id_since = at_instant, previous_sha256 = old_id, previous_until = at_instant + grace
    where s.id_sha256 = old_id and s.expires_at > at_instant;
  return found;
end $$;
alter function renew_session(bytea, bytea, timestamptz, interval) owner to countersign_definer;
revoke execute on function renew_session(bytea, bytea, timestamptz, interval) from public;
grant execute on function renew_session(bytea, bytea, timestamptz, interval) to countersign_app;
