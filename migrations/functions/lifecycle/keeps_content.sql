create or replace function keeps_content() returns boolean language sql stable parallel safe as $$
  select coalesce((select p.keeps_content from data_policy p where p.tenant_id = (select current_tenant())), true)
$$;
