create or replace function bare_customer(full_data jsonb) returns jsonb language sql immutable parallel safe as $$
  select '{"address": {"lines": []}}'::jsonb
    || coalesce((select jsonb_object_agg(key, value) from jsonb_each(full_data)
         where key in ('externalId', 'name', 'currency', 'deleted')), '{}')
$$;
