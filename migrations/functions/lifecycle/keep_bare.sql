-- Whoever writes: where no content is kept, it does not get past here.
create or replace function keep_bare() returns trigger language plpgsql as $$
begin
  if keeps_content() then return new; end if;
  case tg_table_name
    when 'invoice_revision' then new.content := bare_content(new.content);
    when 'invoice' then
      new.context := bare_context(new.context);
      new.agreement_external_id := null;
    when 'customer' then new.data := bare_customer(new.data);
  end case;
  return new;
end $$;
