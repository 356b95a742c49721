create or replace function resolve_identity(wanted_issuer text, wanted_subject text, at_instant timestamptz) returns uuid
  language sql security definer set search_path = public, pg_temp
  as $$ update identity set last_used_at = at_instant where issuer = wanted_issuer and subject = wanted_subject returning person_id $$;
alter function resolve_identity(text, text, timestamptz) owner to countersign_definer;
revoke execute on function resolve_identity(text, text, timestamptz) from public;
grant execute on function resolve_identity(text, text, timestamptz) to countersign_app;
