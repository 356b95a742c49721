-- Takes a person who belongs to no tenant any more out of the installation: identities, sessions, factors and the name. Answers
-- 'member' for somebody who still belongs to one, 'erased', or 'anonymous' where another tenant's accepted invitation names the row.
create or replace function forget_person(wanted uuid) returns text language plpgsql security definer set search_path = public, pg_temp as $$
declare one record;
begin
  if exists (select from membership m where m.person_id = wanted) then return 'member'; end if;
  for one in
    select c.conrelid::regclass as target, a.attname as named from pg_constraint c join pg_class t on t.oid = c.conrelid and not t.relrowsecurity
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      where c.contype = 'f' and c.confrelid = 'person'::regclass
  loop
    execute format('delete from %s where %I = $1', one.target, one.named) using wanted;
  end loop;
  if exists (select from invitation v where v.accepted_by = wanted) then
    update person set name = 'Former member', last_tenant_id = null where id = wanted;
    return 'anonymous';
  end if;
  delete from person where id = wanted;
  return 'erased';
end $$;
alter function forget_person(uuid) owner to countersign_definer;
revoke execute on function forget_person(uuid) from public;
grant execute on function forget_person(uuid) to countersign_app;
