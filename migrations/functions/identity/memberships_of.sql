create or replace function memberships_of(wanted_person uuid) returns table (tenant_id uuid, tenant_name text, role text, email text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select m.tenant_id, s.name, m.role, m.email
    from membership m
    join tenant t on t.id = m.tenant_id and t.deleted_at is null
    join tenant_settings s on s.tenant_id = m.tenant_id
    join person p on p.id = m.person_id
    where m.person_id = wanted_person
    order by (m.tenant_id = p.last_tenant_id) desc nulls last, s.name, m.tenant_id
$$;
alter function memberships_of(uuid) owner to countersign_definer;
revoke execute on function memberships_of(uuid) from public;
grant execute on function memberships_of(uuid) to countersign_app;
