-- Everything of these invoices, and what is of no use without them. Answers the rows of each table.
create or replace function delete_invoices(chosen uuid[]) returns jsonb language plpgsql as $$
declare
  here constant uuid := current_tenant();
  prints text[] := array(select distinct sha256 from document where tenant_id = here and invoice_id = any(chosen));
  batches uuid[] := array(select distinct batch_id from posting where tenant_id = here and invoice_id = any(chosen) and batch_id is not null);
  counts jsonb := '{}';
  gone bigint;
  one record;
begin
  for one in select * from tables_of_invoices() loop
    execute format('delete from %s t where t.tenant_id = $1 and %s', one.target, one.condition) using here, chosen;
    get diagnostics gone = row_count;
    if gone > 0 then counts := counts || jsonb_build_object(one.target, gone); end if;
  end loop;
  delete from document_bytes b where b.tenant_id = here and b.sha256 = any(prints)
    and not exists (select from document d where d.tenant_id = here and d.sha256 = b.sha256);
  get diagnostics gone = row_count;
  if gone > 0 then counts := counts || jsonb_build_object('document_bytes', gone); end if;
  delete from external_ref e where e.tenant_id = here and e.kind = 'document' and e.key = any(chosen::text[]);
  get diagnostics gone = row_count;
  if gone > 0 then counts := counts || jsonb_build_object('external_ref', gone); end if;
  delete from posting_batch b where b.tenant_id = here and b.id = any(batches) and b.state in ('settled', 'dissolved')
    and not exists (select from posting p where p.tenant_id = here and p.batch_id = b.id);
  get diagnostics gone = row_count;
  if gone > 0 then counts := counts || jsonb_build_object('posting_batch', gone); end if;
  return counts;
end $$;
