create or replace function caller_knows_record(of_connection uuid, wanted text) returns boolean language plpgsql stable parallel safe as $$
begin
  return exists (select from invoice i where i.tenant_id = current_tenant() and i.connection_id = of_connection and i.external_id = wanted);
end $$;
