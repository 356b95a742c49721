-- One batch of a deleted tenant's rows. Answers rows by table; '{}' when nothing is left but the people and what drives the erasure.
create or replace function erase_tenant_batch(batch integer) returns jsonb language plpgsql security definer set search_path = public, pg_temp as $$
declare
  here constant uuid := assert_tenant_is_deleted();
  chosen uuid[];
  gone bigint;
  one text;
begin
  chosen := array(select i.id from invoice i where i.tenant_id = here limit batch);
  if cardinality(chosen) > 0 then return delete_invoices(chosen); end if;
  for one in select t from tenant_tables_in_order() t where t not in ('membership', 'tenant_erasure', 'tenant_task', 'tenant_settings', 'lease') and t not like 'audit%' loop
    execute format('delete from %1$I d where d.tenant_id = $1 and d.ctid = any(array(select t.ctid from %1$I t where t.tenant_id = $1 limit $2))', one)
      using here, batch;
    get diagnostics gone = row_count;
    if gone > 0 then return jsonb_build_object(one, gone); end if;
  end loop;
  return '{}';
end $$;
alter function erase_tenant_batch(integer) owner to countersign_keeper;
revoke execute on function erase_tenant_batch(integer) from public;
grant execute on function erase_tenant_batch(integer) to countersign_app;
