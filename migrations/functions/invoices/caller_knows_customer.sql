create or replace function caller_knows_customer(wanted uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return exists (select from invoice i where i.tenant_id = current_tenant() and i.customer_id = wanted);
end $$;
