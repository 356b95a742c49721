create or replace function caller_knows_bytes(wanted text) returns boolean language plpgsql stable parallel safe as $$
begin
  return exists (select from document d where d.tenant_id = current_tenant() and d.sha256 = wanted);
end $$;
