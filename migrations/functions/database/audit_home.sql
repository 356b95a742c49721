-- The tenant of the transaction, which is the only one that the functions of the audit touch.
create or replace function audit_home() returns uuid language plpgsql stable as $$
declare home uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
begin
  if home is null then raise exception 'No tenant is named in this transaction' using errcode = 'insufficient_privilege'; end if;
  return home;
end $$;
grant execute on function audit_home() to countersign_keeper;
