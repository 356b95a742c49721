-- Customers without an invoice, or anything else that refers to them, that the PSA has not told of for as long as documents are kept.
-- $3 are invoices that are thought of as gone.
create or replace function customers_left_condition() returns text language sql stable as $$
  select 't.updated_at < $2 and not exists (select from legal_hold h where h.tenant_id = t.tenant_id and h.lifted_at is null
      and (h.scope = ''tenant'' or (h.scope = ''customer'' and h.subject_id = t.id)))' || coalesce(string_agg(
    format(' and not exists (select from %s r where r.tenant_id = t.tenant_id and r.%I = t.id%s)', c.conrelid::regclass, a.attname,
      case when c.conrelid = 'invoice'::regclass then ' and r.id <> all($3)' else '' end), '' order by c.oid), '')
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[2]
    where c.contype = 'f' and c.confrelid = 'customer'::regclass
$$;
