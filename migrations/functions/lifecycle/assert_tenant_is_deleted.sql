create or replace function assert_tenant_is_deleted() returns uuid language plpgsql stable as $$
declare here constant uuid := current_tenant();
begin
  if here is null or not exists (select from tenant t where t.id = here and t.deleted_at is not null) then
    raise exception 'Only a deleted tenant is erased' using errcode = 'insufficient_privilege';
  end if;
  return here;
end $$;
