-- One batch of what is due by now, or '{}' when nothing is left. Only in the tenant of the transaction, and never what is held.
create or replace function retention_delete(documents_before date, raw_before timestamptz, logs_before timestamptz, batch integer) returns jsonb
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  here constant uuid := current_tenant();
  chosen uuid[];
  gone bigint;
  one record;
begin
  if here is null then raise exception 'No tenant is set' using errcode = 'insufficient_privilege'; end if;
  -- Whoever sets a hold waits for this batch, and the next batch sees the hold.
  perform pg_advisory_xact_lock(hashtextextended('legal hold ' || here, 0));
  if tenant_is_held() then return '{}'; end if;
  if documents_before is not null then
    chosen := array(select i.id from invoice i where i.tenant_id = here and i.id in (select due_invoices(documents_before) limit batch) for update);
    -- Read again under the lock: somebody may have posted, reopened or held one meanwhile.
    chosen := array(select c from unnest(chosen) c where c in (select due_invoices(documents_before)));
    if cardinality(chosen) > 0 then
      insert into purged_invoice (tenant_id, connection_id, external_id)
        select here, i.connection_id, i.external_id from invoice i where i.tenant_id = here and i.id = any(chosen) on conflict do nothing;
      return delete_invoices(chosen);
    end if;
    execute format('with gone as (delete from customer t where t.tenant_id = $1 and t.ctid = any(array(
        select t.ctid from customer t where t.tenant_id = $1 and %1$s limit $4)) returning t.id),
      refs as (delete from external_ref e using gone where e.tenant_id = $1 and e.kind = ''contact'' and e.key = gone.id::text)
      select count(*) from gone', customers_left_condition()) into gone using here, documents_before, '{}'::uuid[], batch;
    if gone > 0 then return jsonb_build_object('customer', gone); end if;
  end if;
  for one in select r.*, case r.kind when 'raw' then raw_before else logs_before end as before from retention_rules() r loop
    if one.target = 'invitation' then
      execute format('delete from credential_lookup c using invitation t where c.tenant_id = $1 and c.kind = ''invitation'' and t.tenant_id = $1
        and t.id = c.row_id and %s < $2', one.at_instant) using here, one.before;
    end if;
    execute format('delete from %1$s d where d.tenant_id = $1 and d.ctid = any(array(
      select t.ctid from %1$s t where t.tenant_id = $1 and %2$s < $2 and %3$s limit $3))', one.target, one.at_instant, one.condition)
      using here, one.before, batch;
    get diagnostics gone = row_count;
    if gone > 0 then return jsonb_build_object(one.target, gone); end if;
  end loop;
  return '{}';
end $$;
alter function retention_delete(date, timestamptz, timestamptz, integer) owner to countersign_keeper;
revoke execute on function retention_delete(date, timestamptz, timestamptz, integer) from public;
grant execute on function retention_delete(date, timestamptz, timestamptz, integer) to countersign_app;
