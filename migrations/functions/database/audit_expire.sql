-- Removes for good what the chain begins with and is older than the tenant keeps, `most` links at a time, and notes where the
-- rest begins. Returns how many events went. Nothing younger than 30 days ever goes.
create or replace function audit_expire(older_than timestamptz, most integer, noted_as uuid, at_instant timestamptz) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  home uuid := audit_home();
  first bigint;
  through bigint;
  last_hash bytea;
  gone integer;
begin
  if older_than is null or older_than > now() - interval '30 days' then
    raise exception 'Evidence younger than 30 days is kept' using errcode = 'insufficient_privilege';
  end if;
  perform from audit_chain c where c.tenant_id = home for update;
  select s.sequence into first from audit_seal s where s.tenant_id = home order by s.sequence limit 1;
  select s.sequence - 1 into through from audit_seal s where s.tenant_id = home and s.event_at >= older_than order by s.sequence limit 1;
  if not found then select max(s.sequence) into through from audit_seal s where s.tenant_id = home; end if;
  through := least(through, first + greatest(most, 1) - 1);
  if first is null or through < first then return 0; end if;
  select s.hash into last_hash from audit_seal s where s.tenant_id = home and s.sequence = through;
  delete from audit_event e using audit_seal s
    where s.tenant_id = home and s.sequence <= through and e.tenant_id = home and e.at = s.event_at and e.id = s.event_id;
  get diagnostics gone = row_count;
  delete from audit_seal s where s.tenant_id = home and s.sequence <= through;
  insert into audit_checkpoint (tenant_id, sequence, hash, events, noted_as, made_at)
    values (home, through, last_hash, gone, noted_as, at_instant);
  insert into audit_event (tenant_id, id, at, actor_kind, actor_id, actor_label, action, subject_kind, subject_id, after)
    values (home, noted_as, at_instant, 'system', 'countersign', 'Countersign', 'audit.expired', 'tenant', home::text,
            jsonb_build_object('through', through, 'hash', encode(last_hash, 'hex'), 'events', gone, 'olderThan', older_than));
  return gone;
end $$;
alter function audit_expire(timestamptz, integer, uuid, timestamptz) owner to countersign_keeper;
revoke execute on function audit_expire(timestamptz, integer, uuid, timestamptz) from public;
grant execute on function audit_expire(timestamptz, integer, uuid, timestamptz) to countersign_app;
