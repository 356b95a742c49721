-- After a proof: the session goes on under a new id, and no old one opens anything any more. False when it ended meanwhile.
create or replace function rotate_session(old_id bytea, new_id bytea, at_instant timestamptz, by_factor boolean) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update session s set id_sha256 = new_id, id_since = at_instant, previous_sha256 = null, previous_until = null, assured_at = at_instant,
      factor_at = case when by_factor then at_instant else s.factor_at end
    where (s.id_sha256 = old_id or (s.previous_sha256 = old_id and s.previous_until > at_instant)) and s.expires_at > at_instant;
  return found;
end $$;
alter function rotate_session(bytea, bytea, timestamptz, boolean) owner to countersign_definer;
revoke execute on function rotate_session(bytea, bytea, timestamptz, boolean) from public;
grant execute on function rotate_session(bytea, bytea, timestamptz, boolean) to countersign_app;
