create or replace function queue_for_seal() returns trigger language plpgsql as $$
begin
  insert into audit_unsealed (tenant_id, at, id) values (new.tenant_id, new.at, new.id);
  return null;
end $$;
