-- What there is of content now, as `retention_preview` answers.
create or replace function content_left() returns table (kind text, target text, rows bigint, bytes bigint, oldest timestamptz, newest timestamptz)
  language sql stable as $$
  select 'documents', 'invoice_revision', count(*), coalesce(sum(pg_column_size(r.content)), 0)::bigint, min(r.created_at), max(r.created_at)
    from invoice_revision r where r.tenant_id = (select current_tenant()) and not r.content ? 'bare'
  union all
  select 'documents', 'document_bytes', count(*), coalesce(sum(length(b.bytes)), 0)::bigint, min(b.created_at), max(b.created_at)
    from document_bytes b where b.tenant_id = (select current_tenant())
  union all
  select 'documents', 'flag', count(*), coalesce(sum(pg_column_size(f.*)), 0)::bigint, min(f.created_at), max(f.created_at)
    from flag f where f.tenant_id = (select current_tenant())
  union all
  select 'documents', 'posting.sent_body', count(*), coalesce(sum(length(p.sent_body)), 0)::bigint, min(p.sent_at), max(p.sent_at)
    from posting p where p.tenant_id = (select current_tenant()) and p.sent_body is not null
  union all
  select 'documents', 'customer.data', count(*), coalesce(sum(pg_column_size(c.data)), 0)::bigint, min(c.updated_at), max(c.updated_at)
    from customer c where c.tenant_id = (select current_tenant()) and c.data <> bare_customer(c.data)
  union all
  select 'raw', 'vendor_record', count(*), coalesce(sum(pg_column_size(v.payload)), 0)::bigint, min(v.fetched_at), max(v.fetched_at)
    from vendor_record v where v.tenant_id = (select current_tenant()) and v.payload <> 'null'::jsonb
$$;
