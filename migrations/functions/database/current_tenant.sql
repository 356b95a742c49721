-- The tenant of this transaction, or null. STABLE and wrapped in a sub-select by every policy, so that it is read once per query.
create or replace function current_tenant() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;
grant execute on function current_tenant() to countersign_app, countersign_definer, countersign_keeper, countersign_scheduler;
