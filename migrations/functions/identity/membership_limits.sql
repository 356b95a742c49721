-- Asked with every request of a session, right behind resolve_session.
create or replace function membership_limits(of_person uuid, in_tenant uuid) returns jsonb
  language sql stable security definer set search_path = public, pg_temp
  as $$ select m.limits from membership m where m.tenant_id = in_tenant and m.person_id = of_person $$;
alter function membership_limits(uuid, uuid) owner to countersign_definer;
revoke execute on function membership_limits(uuid, uuid) from public;
grant execute on function membership_limits(uuid, uuid) to countersign_app;
