-- Removes the whole audit of a tenant that is marked as deleted. Returns the last head, for the certificate.
create or replace function audit_close() returns table (sequence bigint, hash bytea)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  home uuid := audit_home();
begin
  if not exists (select from tenant t where t.id = home and t.deleted_at is not null) then
    raise exception 'Only the audit of a deleted tenant is removed' using errcode = 'insufficient_privilege';
  end if;
  return query select c.sequence, c.hash from audit_chain c where c.tenant_id = home for update;
  delete from audit_unsealed u where u.tenant_id = home;
  delete from audit_event e where e.tenant_id = home;
  delete from audit_seal s where s.tenant_id = home;
  delete from audit_checkpoint p where p.tenant_id = home;
  delete from audit_chain c where c.tenant_id = home;
end $$;
alter function audit_close() owner to countersign_keeper;
revoke execute on function audit_close() from public;
grant execute on function audit_close() to countersign_app;
