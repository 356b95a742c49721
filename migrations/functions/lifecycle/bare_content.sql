-- What is left of each kind of content. `bare` tells a content that was never kept from an invoice without lines.
create or replace function bare_content(full_content jsonb) returns jsonb language sql immutable parallel safe as $$
  select jsonb_build_object('bare', true, 'lines', '[]'::jsonb, 'taxes', '[]'::jsonb,
    'customer', jsonb_build_object('name', full_content #> '{customer,name}', 'address', '{"lines": []}'::jsonb))
    || coalesce((select jsonb_object_agg(key, value) from jsonb_each(full_content)
         where key in ('number', 'type', 'typeLabel', 'date', 'dueDate', 'currency', 'subtotal', 'tax', 'total')), '{}')
$$;
