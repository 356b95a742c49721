-- A tenant lets somebody of the operator in, for a while. Not a membership: it has its own end, is never an owner's, and
-- everything done under it stands in the audit log with the grant's id as the actor.
create table support_grant (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  -- Whom the owner let in, in the owner's words.
  operator text not null check (length(operator) between 1 and 100),
  reason text not null check (length(reason) between 1 and 500),
  role text not null check (role in ('read_only', 'member', 'admin')),
  granted_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- When the one-time link was used.
  entered_at timestamptz,
  ended_at timestamptz,
  ended_by text,
  primary key (tenant_id, id),
  check (expires_at between created_at + interval '15 minutes' and created_at + interval '7 days'),
  check ((ended_at is null) = (ended_by is null))
);
alter table support_grant enable row level security;
alter table support_grant force row level security;
create policy tenant_isolation on support_grant using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on support_grant to countersign_app;
create policy definer_reads on support_grant for select to countersign_definer using (true);
grant select (tenant_id, id, operator, role, expires_at, ended_at) on support_grant to countersign_definer;

-- Two more kinds of secrets, besides whatever kinds there are by now: the link, and what its use opened.
do $$
declare kinds text;
begin
  select pg_get_constraintdef(oid) into kinds from pg_constraint
    where conrelid = 'credential_lookup'::regclass and conname = 'credential_lookup_kind_check';
  alter table credential_lookup drop constraint credential_lookup_kind_check;
  execute 'alter table credential_lookup add constraint credential_lookup_kind_check '
    || replace(kinds, 'ARRAY[', 'ARRAY[''support''::text, ''support_session''::text, ');
end $$;

-- The grant behind a secret, as long as it is in force: asked with every request, so that an end is an end at once.
create function resolve_support(of_kind text, wanted bytea, at_instant timestamptz)
  returns table (tenant_id uuid, tenant_name text, grant_id uuid, operator text, role text, expires_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp as $$
  select g.tenant_id, s.name, g.id, g.operator, g.role, g.expires_at
    from credential_lookup c
    join support_grant g on g.tenant_id = c.tenant_id and g.id = c.row_id
    join tenant t on t.id = g.tenant_id and t.deleted_at is null
    join tenant_settings s on s.tenant_id = g.tenant_id
    where of_kind in ('support', 'support_session') and c.kind = of_kind and c.sha256 = wanted and g.ended_at is null and g.expires_at > at_instant
$$;
alter function resolve_support(text, bytea, timestamptz) owner to countersign_definer;
revoke execute on function resolve_support(text, bytea, timestamptz) from public;
grant execute on function resolve_support(text, bytea, timestamptz) to countersign_app;
