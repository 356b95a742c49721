-- Invoices that a hold covers.
create or replace function held_invoices() returns setof uuid language sql stable as $$
  select i.id from invoice i
    where i.tenant_id = (select current_tenant()) and exists (
      select from legal_hold h where h.tenant_id = i.tenant_id and h.lifted_at is null
        and (h.scope = 'tenant' or (h.scope = 'customer' and h.subject_id = i.customer_id) or (h.scope = 'invoice' and h.subject_id = i.id)))
$$;
