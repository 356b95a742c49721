-- Whoever was given the address of a certificate may read it.
create or replace function tenant_certificate_of(wanted uuid) returns table (body jsonb, sha256 text, signature text, issued_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select c.body, c.sha256, c.signature, c.issued_at from tenant_certificate c where c.id = wanted $$;
alter function tenant_certificate_of(uuid) owner to countersign_keeper;
revoke execute on function tenant_certificate_of(uuid) from public;
grant execute on function tenant_certificate_of(uuid) to countersign_app;
