-- Invoices older than a day of which nothing more is to come: settled, void or never meant for the books, with no posting that is
-- planned, on its way or in doubt, and none that a person still has to decide on.
create or replace function due_invoices(before date) returns setof uuid language sql stable as $$
  select i.id from invoice i
    where i.tenant_id = (select current_tenant()) and i.date < before and i.state in ('settled', 'void', 'skipped')
      and not exists (select from posting p where p.tenant_id = i.tenant_id and p.invoice_id = i.id
        and (p.state in ('planned', 'sending', 'unknown') or (p.state = 'refused' and i.state = 'settled')))
      and i.id not in (select held_invoices())
    order by i.date, i.id
$$;
