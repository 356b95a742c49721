-- People are global: a bookkeeper may serve many tenants. Asked before a tenant is known, so the app has no right on these
-- four tables; it calls the functions below with something unguessable in hand.
create table person (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  last_tenant_id uuid references tenant (id),
  created_at timestamptz not null
);

-- What a provider vouches for: ('email', address), ('google', sub), ('microsoft:<directory>', oid).
create table identity (
  issuer text not null,
  subject text not null,
  person_id uuid not null references person (id),
  -- For display only; nothing is ever matched by it.
  email text,
  linked_at timestamptz not null,
  last_used_at timestamptz not null,
  primary key (issuer, subject)
);
create index identity_of_person on identity (person_id);

create table session (
  id_sha256 bytea primary key check (length(id_sha256) = 32),
  person_id uuid not null references person (id),
  tenant_id uuid references tenant (id),
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null
);
create index session_of_person on session (person_id);

-- Where the row behind a secret lives. The secret itself is stored nowhere.
create table credential_lookup (
  kind text not null check (kind in ('api_key', 'invitation')),
  sha256 bytea not null check (length(sha256) = 32),
  tenant_id uuid not null references tenant (id),
  row_id uuid not null,
  primary key (kind, sha256)
);
create index credential_lookup_of_row on credential_lookup (tenant_id, kind, row_id);

grant select, insert, update on person, identity to countersign_definer;
grant select, insert, update, delete on session to countersign_definer;
grant select, insert, delete on credential_lookup to countersign_definer;
grant select (id, deleted_at) on tenant to countersign_definer;

create table membership (
  tenant_id uuid not null references tenant (id),
  person_id uuid not null references person (id),
  email text not null check (email = lower(email)),
  name text not null,
  role text not null check (role in ('read_only', 'member', 'admin', 'owner')),
  limits jsonb not null default '{}',
  -- The PSA's key of this staff member.
  psa_member text,
  joined_at timestamptz not null,
  last_seen_at timestamptz,
  primary key (tenant_id, person_id),
  unique (tenant_id, email)
);
alter table membership enable row level security;
alter table membership force row level security;
create policy tenant_isolation on membership using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on membership to countersign_app;
create index membership_of_person on membership (person_id);

create table invitation (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  email text not null check (email = lower(email)),
  name text,
  role text not null check (role in ('read_only', 'member', 'admin', 'owner')),
  psa_member text,
  invited_by text not null,
  -- Who carries the link. Only one that came by e-mail proves the address.
  link_by text not null check (link_by in ('email', 'operator')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid references person (id),
  withdrawn_at timestamptz,
  primary key (tenant_id, id),
  check ((accepted_at is null) = (accepted_by is null)),
  check (accepted_at is null or withdrawn_at is null)
);
create unique index invitation_one_open on invitation (tenant_id, email) where accepted_at is null and withdrawn_at is null;
create index invitation_by_email on invitation (email) where accepted_at is null and withdrawn_at is null;
alter table invitation enable row level security;
alter table invitation force row level security;
create policy tenant_isolation on invitation using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on invitation to countersign_app;

create table api_key (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  name text not null check (length(name) between 1 and 100),
  role text not null check (role in ('read_only', 'member', 'admin', 'owner')),
  -- The first characters, so that people can tell keys apart.
  prefix text not null,
  created_by text not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id)
);
alter table api_key enable row level security;
alter table api_key force row level security;
create policy tenant_isolation on api_key using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on api_key to countersign_app;

-- A one-time code on its way to an address. Made inside the job that sends it, and only its salted hash is kept.
create table email_code (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  address text not null check (address = lower(address)),
  salt bytea,
  hash bytea,
  tries integer not null default 0 check (tries between 0 and 5),
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (tenant_id, id)
);
create index email_code_recent on email_code (tenant_id, address, requested_at);
alter table email_code enable row level security;
alter table email_code force row level security;
create policy tenant_isolation on email_code using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on email_code to countersign_app;

create table outgoing_email (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  kind text not null check (kind in ('sign_in_code', 'invitation')),
  recipient text not null,
  -- The code or invitation that it tells of.
  subject_id uuid not null,
  state text not null check (state in ('waiting', 'sent', 'dropped')),
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (tenant_id, id),
  check ((state = 'waiting') = (finished_at is null))
);
alter table outgoing_email enable row level security;
alter table outgoing_email force row level security;
create policy tenant_isolation on outgoing_email using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on outgoing_email to countersign_app;

-- What the functions below may see across tenants, column by column.
create policy definer_reads on membership for select to countersign_definer using (true);
create policy definer_notes_visit on membership for update to countersign_definer using (true);
grant select, update (last_seen_at) on membership to countersign_definer;
create policy definer_reads on tenant_settings for select to countersign_definer using (true);
grant select (tenant_id, name, allowed_directories) on tenant_settings to countersign_definer;
create policy definer_reads on invitation for select to countersign_definer using (true);
grant select (tenant_id, id, email, expires_at, accepted_at, withdrawn_at) on invitation to countersign_definer;
create policy definer_reads on api_key for select to countersign_definer using (true);
create policy definer_notes_use on api_key for update to countersign_definer using (true);
grant select (tenant_id, id, name, role, expires_at, revoked_at, last_used_at), update (last_used_at) on api_key to countersign_definer;

create function memberships_of(wanted_person uuid) returns table (tenant_id uuid, tenant_name text, role text, email text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select m.tenant_id, s.name, m.role, m.email
    from membership m
    join tenant t on t.id = m.tenant_id and t.deleted_at is null
    join tenant_settings s on s.tenant_id = m.tenant_id
    join person p on p.id = m.person_id
    where m.person_id = wanted_person
    order by (m.tenant_id = p.last_tenant_id) desc nulls last, s.name, m.tenant_id
$$;

-- The person of a live session, named as their tenant does, and the membership as it is now. Notes the visit at most once a minute.
create function resolve_session(wanted bytea, at_instant timestamptz, idle_seconds integer)
  returns table (person_id uuid, person_name text, tenant_id uuid, tenant_name text, role text, email text)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare live session;
begin
  select s.* into live from session s
    where s.id_sha256 = wanted and s.expires_at > at_instant and s.last_seen_at > at_instant - make_interval(secs => idle_seconds);
  if live.id_sha256 is null then return; end if;
  if live.last_seen_at < at_instant - interval '1 minute' then
    update session s set last_seen_at = at_instant where s.id_sha256 = wanted;
    update membership m set last_seen_at = at_instant where m.tenant_id = live.tenant_id and m.person_id = live.person_id;
  end if;
  return query
    select p.id, coalesce(m.name, p.name), o.tenant_id, o.tenant_name, o.role, o.email
      from person p
      left join memberships_of(p.id) o on o.tenant_id = live.tenant_id
      left join membership m on m.tenant_id = o.tenant_id and m.person_id = p.id
      where p.id = live.person_id;
end $$;

-- Ends the session it replaces in the same step, and clears away what has expired of this person.
create function open_session(new_id bytea, for_person uuid, in_tenant uuid, at_instant timestamptz, until timestamptz, replaces bytea)
  returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if in_tenant is not null and not exists (select from memberships_of(for_person) o where o.tenant_id = in_tenant) then
    raise exception 'This person is no member of that tenant' using errcode = 'insufficient_privilege';
  end if;
  delete from session where id_sha256 = replaces or (person_id = for_person and expires_at <= at_instant);
  insert into session (id_sha256, person_id, tenant_id, created_at, last_seen_at, expires_at)
    values (new_id, for_person, in_tenant, at_instant, at_instant, until);
  update person set last_tenant_id = in_tenant where id = for_person and in_tenant is not null;
  update membership set last_seen_at = at_instant where tenant_id = in_tenant and person_id = for_person;
end $$;

create function end_session(wanted bytea) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ delete from session where id_sha256 = wanted $$;
create function end_sessions_of(wanted_person uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ delete from session where person_id = wanted_person $$;

create function resolve_identity(wanted_issuer text, wanted_subject text, at_instant timestamptz) returns uuid
  language sql security definer set search_path = public, pg_temp
  as $$ update identity set last_used_at = at_instant where issuer = wanted_issuer and subject = wanted_subject returning person_id $$;

create function create_person(new_id uuid, new_name text, at_instant timestamptz) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ insert into person (id, name, created_at) values (new_id, new_name, at_instant) $$;

-- Whose identity this is from now on. One that already belongs to somebody stays theirs.
create function link_identity(new_issuer text, new_subject text, for_person uuid, shown_email text, at_instant timestamptz) returns uuid
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into identity (issuer, subject, person_id, email, linked_at, last_used_at)
    values (new_issuer, new_subject, for_person, shown_email, at_instant, at_instant) on conflict do nothing;
  return (select i.person_id from identity i where i.issuer = new_issuer and i.subject = new_subject);
end $$;

create function identities_of(wanted_person uuid) returns table (issuer text, email text, linked_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select i.issuer, i.email, i.linked_at from identity i where i.person_id = wanted_person order by i.linked_at $$;

-- The directories that any tenant lets in; not which tenant, and never a reason by itself to let somebody in.
create function allowed_directories() returns setof text
  language sql stable security definer set search_path = public, pg_temp as $$
  select distinct d.directory
    from tenant_settings s
    join tenant t on t.id = s.tenant_id and t.deleted_at is null
    cross join unnest(s.allowed_directories) as d (directory)
$$;

-- Open invitations for an address whose owner is at the door.
create function invitations_for(proven_address text, at_instant timestamptz) returns table (tenant_id uuid, invitation_id uuid)
  language sql stable security definer set search_path = public, pg_temp as $$
  select v.tenant_id, v.id
    from invitation v
    join tenant t on t.id = v.tenant_id and t.deleted_at is null
    where v.email = proven_address and v.accepted_at is null and v.withdrawn_at is null and v.expires_at > at_instant
$$;

-- In which tenant's name a sign-in code goes to this address: one that the person belongs to, or that invites it.
create function sign_in_tenant(address text, at_instant timestamptz) returns uuid
  language sql stable security definer set search_path = public, pg_temp as $$
  select c.tenant_id from (
    select o.tenant_id, 0 as rank from identity i cross join lateral memberships_of(i.person_id) o where i.issuer = 'email' and i.subject = address
    union all
    select v.tenant_id, 1 from invitations_for(address, at_instant) v
  ) c order by c.rank, c.tenant_id limit 1
$$;

create function resolve_invitation(wanted bytea, at_instant timestamptz) returns table (tenant_id uuid, invitation_id uuid)
  language sql stable security definer set search_path = public, pg_temp as $$
  select v.tenant_id, v.id
    from credential_lookup c
    join invitation v on v.tenant_id = c.tenant_id and v.id = c.row_id
    join tenant t on t.id = v.tenant_id and t.deleted_at is null
    where c.kind = 'invitation' and c.sha256 = wanted and v.accepted_at is null and v.withdrawn_at is null and v.expires_at > at_instant
$$;

create function resolve_api_key(wanted bytea, at_instant timestamptz) returns table (tenant_id uuid, api_key_id uuid, name text, role text)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare live api_key;
begin
  select k.tenant_id, k.id, k.name, k.role, k.last_used_at into live.tenant_id, live.id, live.name, live.role, live.last_used_at
    from credential_lookup c
    join api_key k on k.tenant_id = c.tenant_id and k.id = c.row_id
    join tenant t on t.id = k.tenant_id and t.deleted_at is null
    where c.kind = 'api_key' and c.sha256 = wanted and k.revoked_at is null and (k.expires_at is null or k.expires_at > at_instant);
  if live.id is null then return; end if;
  if live.last_used_at is null or live.last_used_at < at_instant - interval '1 minute' then
    update api_key k set last_used_at = at_instant where k.tenant_id = live.tenant_id and k.id = live.id;
  end if;
  return query select live.tenant_id, live.id, live.name, live.role;
end $$;

-- Only for the tenant of this transaction, so that no tenant can make a secret that opens another.
create function register_credential(new_kind text, new_sha256 bytea, for_row uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ insert into credential_lookup (kind, sha256, tenant_id, row_id)
        values (new_kind, new_sha256, nullif(current_setting('app.tenant_id', true), '')::uuid, for_row) $$;
create function revoke_credentials(of_kind text, of_row uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ delete from credential_lookup
        where kind = of_kind and row_id = of_row and tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid $$;

do $$
declare signature text;
begin
  foreach signature in array array[
    'memberships_of(uuid)',
    'resolve_session(bytea, timestamptz, integer)',
    'open_session(bytea, uuid, uuid, timestamptz, timestamptz, bytea)',
    'end_session(bytea)',
    'end_sessions_of(uuid)',
    'resolve_identity(text, text, timestamptz)',
    'create_person(uuid, text, timestamptz)',
    'link_identity(text, text, uuid, text, timestamptz)',
    'identities_of(uuid)',
    'allowed_directories()',
    'invitations_for(text, timestamptz)',
    'sign_in_tenant(text, timestamptz)',
    'resolve_invitation(bytea, timestamptz)',
    'resolve_api_key(bytea, timestamptz)',
    'register_credential(text, bytea, uuid)',
    'revoke_credentials(text, uuid)'
  ] loop
    execute format('alter function %s owner to countersign_definer', signature);
    execute format('revoke execute on function %s from public', signature);
    execute format('grant execute on function %s to countersign_app', signature);
  end loop;
end $$;
