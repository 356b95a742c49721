-- Of what is recorded, that which is about invoices; all else tells nothing of a customer.
create or replace function caller_knows_subject(kind text, wanted text) returns boolean language plpgsql stable parallel safe as $$
begin
  return case kind
    when 'invoice' then caller_knows(wanted::uuid)
    when 'posting' then exists (select from posting p where p.tenant_id = current_tenant() and p.id = wanted::uuid)
    when 'customer' then caller_knows_customer(wanted::uuid)
    else true
  end;
end $$;
