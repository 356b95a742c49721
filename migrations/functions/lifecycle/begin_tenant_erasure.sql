-- Where nobody is let in any more: from here on there is no way back. Only after its time, and never under a hold.
create or replace function begin_tenant_erasure(at_instant timestamptz) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare here constant uuid := current_tenant();
begin
  perform pg_advisory_xact_lock(hashtextextended('legal hold ' || here, 0));
  if exists (select from legal_hold h where h.tenant_id = here and h.lifted_at is null) then return false; end if;
  update tenant_erasure e set state = 'erasing' where e.tenant_id = here and e.state = 'waiting' and e.not_before <= at_instant;
  if not exists (select from tenant_erasure e where e.tenant_id = here and e.state = 'erasing') then return false; end if;
  update tenant t set deleted_at = coalesce(t.deleted_at, at_instant) where t.id = here;
  delete from session s where s.tenant_id = here;
  delete from credential_lookup c where c.tenant_id = here;
  return true;
end $$;
alter function begin_tenant_erasure(timestamptz) owner to countersign_keeper;
revoke execute on function begin_tenant_erasure(timestamptz) from public;
grant execute on function begin_tenant_erasure(timestamptz) to countersign_app;
