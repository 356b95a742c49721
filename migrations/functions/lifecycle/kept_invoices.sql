-- The same for those whose time has come and that are kept all the same, with the reason.
create or replace function kept_invoices(before date) returns table (because text, rows bigint) language sql stable as $$
  select case when i.id in (select held_invoices()) then 'hold' else 'unfinished' end, count(*) from invoice i
    where i.tenant_id = (select current_tenant()) and i.date < before and i.id not in (select due_invoices(before))
    group by 1 order by 1
$$;
