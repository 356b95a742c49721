create table tenant (
  id uuid primary key,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
grant select (id, deleted_at) on tenant to countersign_definer;
grant select (id, deleted_at), update (deleted_at), delete on tenant to countersign_keeper;

-- What an MSP decides about itself.
create table tenant_settings (
  tenant_id uuid primary key references tenant (id),
  name text not null check (length(name) between 1 and 200),
  time_zone text not null default 'UTC',
  locale text not null default 'en-US',
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  -- The tenant-wide Stop posting switch.
  posting_stopped_at timestamptz,
  posting_stopped_by text,
  allowed_directories text[] not null default '{}',
  created_at timestamptz not null default now(),
  sign_in_methods text[] not null default '{google,microsoft,oidc,email}'
    check (cardinality(sign_in_methods) > 0 and sign_in_methods <@ array['google', 'microsoft', 'oidc', 'email']),
  -- Empty: Google accounts of any kind.
  google_domains text[] not null default '{}',
  second_factor text not null default 'none' check (second_factor in ('none', 'admins', 'everyone')),
  session_idle_minutes integer not null default 720 check (session_idle_minutes between 5 and 720),
  session_hours integer not null default 336 check (session_hours between 1 and 336)
);
alter table tenant_settings enable row level security;
alter table tenant_settings force row level security;
create policy tenant_isolation on tenant_settings using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy definer_reads on tenant_settings for select to countersign_definer using (true);
grant select, update on tenant_settings to countersign_app;
grant select (tenant_id, name, allowed_directories, sign_in_methods, google_domains, second_factor, session_idle_minutes, session_hours)
  on tenant_settings to countersign_definer;

-- People are global: a bookkeeper may serve many tenants. Asked before a tenant is known, so the app has no right on these
-- four tables; it calls functions with something unguessable in hand.
create table person (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  last_tenant_id uuid references tenant (id),
  created_at timestamptz not null
);
grant select, insert, update, delete on person to countersign_definer;
grant select (last_tenant_id), update (last_tenant_id) on person to countersign_keeper;

-- What a provider vouches for: ('email', address), ('google', sub), ('microsoft:<directory>', oid).
create table identity (
  issuer text not null,
  subject text not null,
  person_id uuid not null references person (id),
  -- For display only; nothing is ever matched by it.
  email text,
  linked_at timestamptz not null,
  last_used_at timestamptz not null,
  -- The Workspace domain that Google names in its token (hd), as of the last time it was asked.
  hosted_domain text check (hosted_domain = lower(hosted_domain)),
  primary key (issuer, subject)
);
create index identity_of_person on identity (person_id);
grant select, insert, update, delete on identity to countersign_definer;

create table session (
  id_sha256 bytea primary key check (length(id_sha256) = 32),
  person_id uuid not null references person (id),
  tenant_id uuid references tenant (id),
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  -- How somebody came in ('google', 'microsoft', 'oidc', 'email_code' or 'link') decides which tenants are open to them, with every
  -- request: a tenant that no longer lets a directory, a domain or a way of signing in through has locked the door at once.
  method text not null default 'unknown',
  -- The identity that opened it; a session without its identity opens nothing.
  issuer text,
  subject text,
  -- Names the session to its person; opens nothing.
  ref uuid not null default gen_random_uuid() unique,
  user_agent text check (length(user_agent) <= 400),
  ip text check (length(ip) <= 60),
  -- Signed in, or typed a code from their mailbox.
  assured_at timestamptz,
  -- Proved a second factor.
  factor_at timestamptz,
  -- The id of a session in use is replaced every hour. The one before opens it for another minute, for what the browser had sent
  -- already; nobody who finds an old id finds an open door.
  id_since timestamptz not null default now(),
  previous_sha256 bytea unique check (length(previous_sha256) = 32),
  previous_until timestamptz,
  check ((previous_sha256 is null) = (previous_until is null)),
  check ((issuer is null) = (subject is null)),
  check ((method = 'unknown') = (issuer is null))
);
create index session_of_person on session (person_id);
create index session_by_identity on session (issuer, subject);
create index session_by_expiry on session (expires_at);
grant select, insert, update, delete on session to countersign_definer;
grant select, delete on session to countersign_keeper;

-- Where the row behind a secret lives. The secret itself is stored nowhere.
create table credential_lookup (
  kind text not null check (kind in ('support', 'support_session', 'api_key', 'invitation')),
  sha256 bytea not null check (length(sha256) = 32),
  tenant_id uuid not null references tenant (id),
  row_id uuid not null,
  primary key (kind, sha256)
);
create index credential_lookup_of_row on credential_lookup (tenant_id, kind, row_id);
grant select, insert, delete on credential_lookup to countersign_definer;
grant select, delete on credential_lookup to countersign_keeper;

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
create index membership_of_person on membership (person_id);
alter table membership enable row level security;
alter table membership force row level security;
create policy tenant_isolation on membership using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
-- What the functions that are asked at the door may see across tenants, column by column.
create policy definer_reads on membership for select to countersign_definer using (true);
create policy definer_notes_visit on membership for update to countersign_definer using (true);
grant select, insert, update, delete on membership to countersign_app;
grant select, update (last_seen_at) on membership to countersign_definer;

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
  -- What it already decides about the person who accepts it.
  limits jsonb not null default '{}',
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
create policy definer_reads on invitation for select to countersign_definer using (true);
grant select, insert, update on invitation to countersign_app;
grant select (tenant_id, id, email, expires_at, accepted_at, withdrawn_at, accepted_by) on invitation to countersign_definer;

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
  -- What it may do: null scopes are all of its role, but never a dangerous action.
  scopes text[],
  limits jsonb not null default '{}',
  -- On whose rights the key lives; null for one that an operator made.
  creator_id uuid references person (id),
  last_used_from text,
  primary key (tenant_id, id)
);
create index api_key_of_creator on api_key (tenant_id, creator_id) where creator_id is not null;
alter table api_key enable row level security;
alter table api_key force row level security;
create policy tenant_isolation on api_key using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy definer_reads on api_key for select to countersign_definer using (true);
create policy definer_notes_use on api_key for update to countersign_definer using (true);
grant select, insert, update on api_key to countersign_app;
grant select (tenant_id, id, name, role, expires_at, revoked_at, last_used_at, scopes, limits, creator_id), update (last_used_at, last_used_from) on api_key to countersign_definer;

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
  kind text not null check (kind in ('sign_in_code', 'invitation', 'factor_news')),
  recipient text not null,
  -- The code or invitation that it tells of.
  subject_id uuid not null,
  state text not null check (state in ('waiting', 'sent', 'dropped')),
  created_at timestamptz not null,
  finished_at timestamptz,
  -- What happened to a factor.
  news text,
  primary key (tenant_id, id),
  check ((state = 'waiting') = (finished_at is null)),
  check ((kind = 'factor_news') = (news is not null))
);
alter table outgoing_email enable row level security;
alter table outgoing_email force row level security;
create policy tenant_isolation on outgoing_email using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on outgoing_email to countersign_app;

create table authenticator (
  person_id uuid primary key references person (id) on delete cascade,
  -- Sealed for this person and field.
  sealed_secret text not null,
  created_at timestamptz not null,
  -- Null until its first code was typed: it asks for nothing and proves nothing before.
  confirmed_at timestamptz,
  -- The last time step whose code was taken; neither it nor an earlier one is taken again.
  last_step bigint not null default 0
);
grant select, insert, update, delete on authenticator to countersign_definer;

create table recovery_code (
  person_id uuid not null references person (id) on delete cascade,
  hash bytea not null,
  -- The same for all codes of one set, so that checking one takes one derivation.
  salt bytea not null,
  primary key (person_id, hash)
);
grant select, insert, delete on recovery_code to countersign_definer;

create table factor_try (
  person_id uuid not null references person (id) on delete cascade,
  at timestamptz not null
);
create index factor_try_of_person on factor_try (person_id, at);
grant select, insert, delete on factor_try to countersign_definer;

-- Passkeys: a second factor of a person, in all their tenants, beside the authenticator. The private key never leaves their device.
create table passkey (
  credential_id text primary key check (length(credential_id) <= 2000),
  person_id uuid not null references person (id) on delete cascade,
  name text not null check (length(name) between 1 and 100),
  public_key bytea not null,
  -- Of those authenticators that count; 0 for the many that do not.
  counter bigint not null,
  transports text[] not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkey_of_person on passkey (person_id);
grant select, insert, update, delete on passkey to countersign_definer;

-- A challenge that was answered, until the cookie that carries it is long dead: an answer that is sent again is refused.
create table spent_challenge (
  person_id uuid not null references person (id) on delete cascade,
  challenge text not null check (length(challenge) <= 200),
  at timestamptz not null,
  primary key (person_id, challenge)
);
grant select, insert, delete on spent_challenge to countersign_definer;

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
create policy definer_reads on support_grant for select to countersign_definer using (true);
grant select, insert, update on support_grant to countersign_app;
grant select (tenant_id, id, operator, role, expires_at, ended_at) on support_grant to countersign_definer;
