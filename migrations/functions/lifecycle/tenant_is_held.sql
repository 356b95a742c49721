create or replace function tenant_is_held() returns boolean language sql stable as $$
  select exists (select from legal_hold where tenant_id = (select current_tenant()) and lifted_at is null and scope = 'tenant')
$$;
