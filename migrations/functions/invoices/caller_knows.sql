-- This and its neighbours (`caller_knows_…`) read `invoice` as the caller, under its policies: what is hidden there hides what hangs on it.
create or replace function caller_knows(wanted uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return exists (select from invoice i where i.tenant_id = current_tenant() and i.id = wanted);
end $$;
