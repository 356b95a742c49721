-- The content of these invoices. Those that waited for people wait no more: there is nothing left to judge by.
create or replace function forget_content_of(chosen uuid[]) returns jsonb language plpgsql as $$
declare
  here constant uuid := current_tenant();
  prints text[] := array(select distinct sha256 from document where tenant_id = here and invoice_id = any(chosen));
  counts jsonb := '{}';
  gone bigint;
begin
  update approval set state = 'lapsed', ended_at = now(), ended_because = 'The company keeps no invoice content any more.'
    where tenant_id = here and invoice_id = any(chosen) and state = 'standing' and not final;
  update approval set document_id = null where tenant_id = here and invoice_id = any(chosen) and document_id is not null;
  delete from document where tenant_id = here and invoice_id = any(chosen);
  delete from document_bytes b where b.tenant_id = here and b.sha256 = any(prints)
    and not exists (select from document d where d.tenant_id = here and d.sha256 = b.sha256);
  get diagnostics gone = row_count;
  counts := counts || jsonb_build_object('document_bytes', gone);
  delete from flag where tenant_id = here and invoice_id = any(chosen);
  get diagnostics gone = row_count;
  counts := counts || jsonb_build_object('flag', gone);
  update posting set sent_body = null where tenant_id = here and invoice_id = any(chosen) and sent_body is not null
    and state not in ('planned', 'sending', 'unknown');
  get diagnostics gone = row_count;
  counts := counts || jsonb_build_object('posting.sent_body', gone);
  -- The triggers take away what is not to be kept.
  update invoice_revision set content = content where tenant_id = here and invoice_id = any(chosen) and not content ? 'bare';
  get diagnostics gone = row_count;
  counts := counts || jsonb_build_object('invoice_revision', gone);
  update invoice set state = 'in_review' where tenant_id = here and id = any(chosen) and state = 'rejected';
  update invoice set context = context, agreement_external_id = null, open_errors = 0, open_warnings = 0, open_infos = 0,
      state = case when state in ('draft', 'in_review') then 'skipped' else state end
    where tenant_id = here and id = any(chosen);
  return counts;
end $$;
