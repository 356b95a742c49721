-- Only the keeper's functions change evidence, and they leave a trace of it.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if current_user = 'countersign_keeper' then
    return case when tg_op = 'DELETE' then old else new end;
  end if;
  raise exception '% rows are evidence and are never changed', tg_table_name using errcode = 'insufficient_privilege';
end $$;
