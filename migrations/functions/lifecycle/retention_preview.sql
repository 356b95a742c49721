-- Exactly what `retention_delete` would delete now. Null instants: that kind is kept for ever.
create or replace function retention_preview(documents_before date, raw_before timestamptz, logs_before timestamptz)
  returns table (kind text, target text, rows bigint, bytes bigint, oldest timestamptz, newest timestamptz)
  language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  here constant uuid := current_tenant();
  due uuid[] := '{}';
  one record;
begin
  if here is null or tenant_is_held() then return; end if;
  if documents_before is not null then
    due := array(select due_invoices(documents_before));
    if cardinality(due) > 0 then
      for one in select * from tables_of_invoices() loop
        return query execute format('select ''documents'', %L, count(*), coalesce(sum(pg_column_size(t.*)), 0)::bigint, %s from %s t where t.tenant_id = $1 and %s',
          one.target, case when one.target = 'invoice' then 'min(t.date)::timestamp at time zone ''UTC'', max(t.date)::timestamp at time zone ''UTC''' else 'null::timestamptz, null::timestamptz' end,
          one.target, one.condition) using here, due;
      end loop;
      return query select 'documents', 'document_bytes', count(*), coalesce(sum(length(b.bytes)), 0)::bigint, min(b.created_at), max(b.created_at)
        from document_bytes b where b.tenant_id = here
          and exists (select from document d where d.tenant_id = here and d.sha256 = b.sha256)
          and not exists (select from document d where d.tenant_id = here and d.sha256 = b.sha256 and d.invoice_id <> all(due));
      return query select 'documents', 'external_ref', count(*), coalesce(sum(pg_column_size(e.*)), 0)::bigint, min(e.created_at), max(e.created_at)
        from external_ref e where e.tenant_id = here and e.kind = 'document' and e.key = any(due::text[]);
      return query select 'documents', 'posting_batch', count(*), coalesce(sum(pg_column_size(b.*)), 0)::bigint, min(b.first_sent_at), max(b.first_sent_at)
        from posting_batch b where b.tenant_id = here and b.state in ('settled', 'dissolved')
          and exists (select from posting p where p.tenant_id = here and p.batch_id = b.id and p.invoice_id = any(due))
          and not exists (select from posting p where p.tenant_id = here and p.batch_id = b.id and (p.invoice_id is null or p.invoice_id <> all(due)));
    end if;
    return query execute format('select ''documents'', ''customer'', count(*), coalesce(sum(pg_column_size(t.*)), 0)::bigint, min(t.updated_at), max(t.updated_at)
      from customer t where t.tenant_id = $1 and %s', customers_left_condition()) using here, documents_before, due;
  end if;
  for one in select r.*, case r.kind when 'raw' then raw_before else logs_before end as before from retention_rules() r loop
    return query execute format('select %L, %L, count(*), coalesce(sum(pg_column_size(t.*)), 0)::bigint, min(%s), max(%s) from %s t where t.tenant_id = $1 and %s < $2 and %s',
      one.kind, one.target, one.at_instant, one.at_instant, one.target, one.at_instant, one.condition) using here, one.before;
  end loop;
end $$;
alter function retention_preview(date, timestamptz, timestamptz) owner to countersign_keeper;
revoke execute on function retention_preview(date, timestamptz, timestamptz) from public;
grant execute on function retention_preview(date, timestamptz, timestamptz) to countersign_app;
