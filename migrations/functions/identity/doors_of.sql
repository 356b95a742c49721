-- The tenants of a person, in their order, each with why it is closed to somebody who came in this way; null where it is open.
create or replace function doors_of(wanted_person uuid, by_method text, by_issuer text, by_subject text)
  returns table (tenant_id uuid, tenant_name text, role text, email text, problem text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select m.tenant_id, m.tenant_name, m.role, m.email, entrance_problem(m.tenant_id, by_method, by_issuer,
      (select i.hosted_domain from identity i where i.issuer = by_issuer and i.subject = by_subject and i.person_id = wanted_person))
    from memberships_of(wanted_person) with ordinality as m (tenant_id, tenant_name, role, email, place)
    order by m.place
$$;
alter function doors_of(uuid, text, text, text) owner to countersign_definer;
revoke execute on function doors_of(uuid, text, text, text) from public;
grant execute on function doors_of(uuid, text, text, text) to countersign_app;
