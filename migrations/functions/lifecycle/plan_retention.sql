-- Every tenant cleans up every night, from the day it is made.
create or replace function plan_retention() returns trigger language plpgsql as $$
begin
  insert into tenant_task (tenant_id, kind, next_due_at) values (new.tenant_id, 'retention', now() + interval '1 day') on conflict do nothing;
  return new;
end $$;
