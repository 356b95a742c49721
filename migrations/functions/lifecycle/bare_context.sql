create or replace function bare_context(full_context jsonb) returns jsonb language sql immutable parallel safe as $$
  select '{"lineFacts": {}, "routing": [], "hasTaxCode": false, "taxableCustomer": false}'::jsonb
    || coalesce((select jsonb_object_agg(key, value) from jsonb_each(full_context)
         where key in ('externalId', 'customerExternalId', 'status', 'location', 'paid', 'credited', 'balance', 'updatedAt', 'link')), '{}')
$$;
