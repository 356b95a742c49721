create or replace function identities_of(wanted_person uuid)
  returns table (issuer text, subject text, email text, linked_at timestamptz, last_used_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select i.issuer, i.subject, i.email, i.linked_at, i.last_used_at from identity i
        where i.person_id = wanted_person order by i.linked_at, i.issuer $$;
alter function identities_of(uuid) owner to countersign_definer;
revoke execute on function identities_of(uuid) from public;
grant execute on function identities_of(uuid) to countersign_app;
