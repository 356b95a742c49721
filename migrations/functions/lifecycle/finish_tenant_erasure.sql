-- The last step, in one transaction: the rest goes, the certificate stands. Fails as long as any row is left, and is tried again.
create or replace function finish_tenant_erasure(certificate uuid, wording jsonb, print text, signed text, at_instant timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  here constant uuid := assert_tenant_is_deleted();
  one text;
  is_left boolean;
begin
  delete from tenant_erasure e where e.tenant_id = here;
  delete from tenant_task k where k.tenant_id = here;
  delete from tenant_settings s where s.tenant_id = here;
  delete from lease l where l.tenant_id = here;
  delete from connection_route r where r.tenant_id = here;
  delete from session s where s.tenant_id = here;
  delete from credential_lookup c where c.tenant_id = here;
  update person p set last_tenant_id = null where p.last_tenant_id = here;
  for one in select t from tenant_tables_in_order() t loop
    execute format('select exists (select from %I t where t.tenant_id = $1)', one) using here into is_left;
    if is_left then raise exception 'The tenant still has rows in %', one; end if;
  end loop;
  delete from tenant t where t.id = here;
  insert into tenant_certificate (id, tenant_id, body, sha256, signature, issued_at) values (certificate, here, wording, print, signed, at_instant);
end $$;
alter function finish_tenant_erasure(uuid, jsonb, text, text, timestamptz) owner to countersign_keeper;
revoke execute on function finish_tenant_erasure(uuid, jsonb, text, text, timestamptz) from public;
grant execute on function finish_tenant_erasure(uuid, jsonb, text, text, timestamptz) to countersign_app;
