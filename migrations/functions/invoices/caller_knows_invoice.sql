-- Which invoices the caller of this transaction may know of, in `app.scope`: {"customers": [ids], "locations": ["connection/id"]};
-- an empty list narrows nothing, and without a scope the role knows nothing.
create or replace function caller_knows_invoice(of_customer uuid, of_connection uuid, at_location text) returns boolean
  language plpgsql stable parallel safe as $$
declare scope constant jsonb := nullif(current_setting('app.scope', true), '')::jsonb;
begin
  return (scope -> 'customers' = '[]' or scope -> 'customers' ? of_customer::text)
    and (scope -> 'locations' = '[]' or scope -> 'locations' ? (of_connection || '/' || at_location));
end $$;
