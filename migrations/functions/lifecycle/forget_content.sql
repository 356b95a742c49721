-- One batch of what is left, or '{}' when nothing is. Only where no content is to be kept, and never while anything is under hold.
create or replace function forget_content(batch integer) returns jsonb language plpgsql security definer set search_path = public, pg_temp as $$
declare
  here constant uuid := current_tenant();
  chosen uuid[];
  gone bigint;
begin
  if here is null then raise exception 'No tenant is set' using errcode = 'insufficient_privilege'; end if;
  if keeps_content() then return '{}'; end if;
  perform pg_advisory_xact_lock(hashtextextended('legal hold ' || here, 0));
  if exists (select from legal_hold where tenant_id = here and lifted_at is null) then return '{}'; end if;
  chosen := array(select i.id from invoice i where i.tenant_id = here and i.id in (
      select r.invoice_id from invoice_revision r where r.tenant_id = here and not r.content ? 'bare'
      union select d.invoice_id from document d where d.tenant_id = here
      union select f.invoice_id from flag f where f.tenant_id = here
      union select p.invoice_id from posting p where p.tenant_id = here and p.sent_body is not null and p.state not in ('planned', 'sending', 'unknown')
      limit batch) for update);
  if cardinality(chosen) > 0 then return forget_content_of(chosen); end if;
  delete from vendor_record v where v.tenant_id = here and v.ctid = any(array(
    select w.ctid from vendor_record w where w.tenant_id = here and w.payload <> 'null'::jsonb limit batch));
  get diagnostics gone = row_count;
  if gone > 0 then return jsonb_build_object('vendor_record', gone); end if;
  delete from document_bytes where tenant_id = here;
  get diagnostics gone = row_count;
  if gone > 0 then return jsonb_build_object('document_bytes', gone); end if;
  update customer c set data = c.data where c.tenant_id = here and c.ctid = any(array(
    select k.ctid from customer k where k.tenant_id = here and k.data <> bare_customer(k.data) limit batch));
  get diagnostics gone = row_count;
  if gone > 0 then return jsonb_build_object('customer.data', gone); end if;
  return '{}';
end $$;
alter function forget_content(integer) owner to countersign_keeper;
revoke execute on function forget_content(integer) from public;
grant execute on function forget_content(integer) to countersign_app;
