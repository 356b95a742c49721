-- A company may choose that nothing is kept here of what an invoice says: lines, notes, comments, addresses, cost, the raw
-- payload, the PDF. What stays is how it is found and told apart: number, type, dates, customer's name, sums, status, location.
alter table data_policy add column keeps_content boolean not null default true;

create function keeps_content() returns boolean language sql stable parallel safe as $$
  select coalesce((select p.keeps_content from data_policy p where p.tenant_id = (select current_tenant())), true)
$$;

-- What is left of each kind of content. `bare` tells a content that was never kept from an invoice without lines.
create function bare_content(full_content jsonb) returns jsonb language sql immutable parallel safe as $$
  select jsonb_build_object('bare', true, 'lines', '[]'::jsonb, 'taxes', '[]'::jsonb,
    'customer', jsonb_build_object('name', full_content #> '{customer,name}', 'address', '{"lines": []}'::jsonb))
    || coalesce((select jsonb_object_agg(key, value) from jsonb_each(full_content)
         where key in ('number', 'type', 'typeLabel', 'date', 'dueDate', 'currency', 'subtotal', 'tax', 'total')), '{}')
$$;
create function bare_context(full_context jsonb) returns jsonb language sql immutable parallel safe as $$
  select '{"lineFacts": {}, "routing": [], "hasTaxCode": false, "taxableCustomer": false}'::jsonb
    || coalesce((select jsonb_object_agg(key, value) from jsonb_each(full_context)
         where key in ('externalId', 'customerExternalId', 'status', 'location', 'paid', 'credited', 'balance', 'updatedAt', 'link')), '{}')
$$;
create function bare_customer(full_data jsonb) returns jsonb language sql immutable parallel safe as $$
  select '{"address": {"lines": []}}'::jsonb
    || coalesce((select jsonb_object_agg(key, value) from jsonb_each(full_data)
         where key in ('externalId', 'name', 'currency', 'deleted')), '{}')
$$;

-- Whoever writes: where no content is kept, it does not get past here.
create function keep_bare() returns trigger language plpgsql as $$
begin
  if keeps_content() then return new; end if;
  case tg_table_name
    when 'invoice_revision' then new.content := bare_content(new.content);
    when 'invoice' then
      new.context := bare_context(new.context);
      new.agreement_external_id := null;
    when 'customer' then new.data := bare_customer(new.data);
  end case;
  return new;
end $$;
create trigger invoice_revision_bare before insert or update of content on invoice_revision for each row execute function keep_bare();
create trigger invoice_bare before insert or update of context, agreement_external_id on invoice for each row execute function keep_bare();
create trigger customer_bare before insert or update of data on customer for each row execute function keep_bare();

-- What is content through and through, or consent to one.
create function refuse_content() returns trigger language plpgsql as $$
begin
  if keeps_content() then return new; end if;
  raise exception 'This company keeps no invoice content' using errcode = 'insufficient_privilege';
end $$;
create trigger vendor_record_is_content before insert or update of payload on vendor_record
  for each row when (new.payload <> 'null'::jsonb) execute function refuse_content();
create trigger posting_needs_content before insert on posting
  for each row when (new.operation in ('document', 'attachment', 'contact', 'item')) execute function refuse_content();
do $$
declare one text;
begin
  foreach one in array array['document', 'document_bytes', 'flag', 'approval', 'rejection'] loop
    execute format('create trigger %I before insert on %I for each row execute function refuse_content()', one || '_needs_content', one);
  end loop;
end $$;

-- An approval outlives the document it was given to: the hash says still which one it was.
alter table approval alter column document_id drop not null;

-- What there is of content now, as `retention_preview` answers.
create function content_left() returns table (kind text, target text, rows bigint, bytes bigint, oldest timestamptz, newest timestamptz)
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

-- The content of these invoices. Those that waited for people wait no more: there is nothing left to judge by.
create function forget_content_of(chosen uuid[]) returns jsonb language plpgsql as $$
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
  -- The triggers above take away what is not to be kept.
  update invoice_revision set content = content where tenant_id = here and invoice_id = any(chosen) and not content ? 'bare';
  get diagnostics gone = row_count;
  counts := counts || jsonb_build_object('invoice_revision', gone);
  update invoice set state = 'in_review' where tenant_id = here and id = any(chosen) and state = 'rejected';
  update invoice set context = context, agreement_external_id = null, open_errors = 0, open_warnings = 0, open_infos = 0,
      state = case when state in ('draft', 'in_review') then 'skipped' else state end
    where tenant_id = here and id = any(chosen);
  return counts;
end $$;

-- One batch of what is left, or '{}' when nothing is. Only where no content is to be kept, and never while anything is under hold.
create function forget_content(batch integer) returns jsonb language plpgsql security definer set search_path = public, pg_temp as $$
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
grant update on invoice_revision to countersign_keeper;

-- As before, and: what was passed over while no content was kept may be put before reviewers once it is.
create or replace function check_invoice_transition() returns trigger language plpgsql as $$
begin
  if old.state <> new.state and not exists (
    select from (values
      ('draft', 'in_review'), ('draft', 'void'), ('draft', 'skipped'),
      ('in_review', 'approved'), ('in_review', 'rejected'), ('in_review', 'void'), ('in_review', 'skipped'),
      ('approved', 'in_review'), ('approved', 'posted'), ('approved', 'void'),
      ('rejected', 'in_review'), ('rejected', 'void'),
      ('posted', 'settled'), ('posted', 'void'),
      ('settled', 'posted'), ('settled', 'void'),
      ('skipped', 'draft'), ('skipped', 'in_review'), ('skipped', 'void')
    ) as allowed (before_state, after_state) where before_state = old.state and after_state = new.state
  ) then
    raise exception 'an invoice cannot go from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  return new;
end $$;
