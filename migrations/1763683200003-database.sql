-- Exclusive work across processes: whoever holds an unexpired row works; the epoch tells a late holder that it lost.
create table lease (
  tenant_id uuid not null references tenant (id),
  name text not null,
  holder uuid not null,
  epoch bigint not null default 1,
  until timestamptz not null,
  primary key (tenant_id, name)
);
alter table lease enable row level security;
alter table lease force row level security;
create policy tenant_isolation on lease using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on lease to countersign_app;

-- Who did what. The app may only insert; rows are never changed.
create table audit_event (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  at timestamptz not null default now(),
  actor_kind text not null check (actor_kind in ('person', 'api_key', 'system', 'operator')),
  actor_id text not null,
  actor_label text not null,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  before jsonb,
  after jsonb,
  source_ip text,
  -- Derived from the action, so that nobody can file an event under the wrong heading.
  category text not null generated always as (
    case when action ~ '^(session|security|member|api_key|identity|support|key|audit|person|passkey|factor)\.'
           or action in ('connection.connected', 'connection.reconnected', 'connection.disconnected', 'connection.grant_expired')
         then 'security' else 'business' end) stored,
  primary key (tenant_id, at, id)
) partition by range (at);
create index audit_event_subject on audit_event (tenant_id, subject_kind, subject_id, at desc);
create index audit_event_category on audit_event (tenant_id, category, at desc);
create index audit_event_actor on audit_event (tenant_id, actor_id, at desc);
alter table audit_event enable row level security;
alter table audit_event force row level security;
create policy tenant_isolation on audit_event using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy caller_scope on audit_event as restrictive for select to countersign_limited
  using (caller_knows_subject(subject_kind, subject_id));
grant select, insert on audit_event to countersign_app;
grant select, insert, update (actor_label, source_ip, before, after), delete on audit_event to countersign_keeper;
create trigger audit_event_is_evidence before update or delete on audit_event for each row execute function refuse_change();
create trigger audit_event_waits_for_seal after insert on audit_event for each row execute function queue_for_seal();
do $$
declare month date := date '2026-01-01';
begin
  while month < date '2029-01-01' loop
    execute format('create table audit_event_%s partition of audit_event for values from (%L) to (%L)', to_char(month, 'YYYYMM'), month, month + interval '1 month');
    execute format('alter table audit_event_%s enable row level security', to_char(month, 'YYYYMM'));
    execute format('alter table audit_event_%s force row level security', to_char(month, 'YYYYMM'));
    execute format('create policy tenant_isolation on audit_event_%s using (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) with check (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', to_char(month, 'YYYYMM'));
    month := month + interval '1 month';
  end loop;
end $$;
-- Only the owner of a table can give it another partition. Row level security is forced on this owner as on everybody.
alter table audit_event owner to countersign_keeper;

-- Evidence that cannot be rewritten unseen. Each event of a tenant is sealed into a chain of hashes a few seconds after it was
-- written; what is personal in it is covered by salted commitments, so that it can be erased and the chain still holds.

-- Events without a seal. Written with the event itself, so that one whose transaction commits late is found late and never passed over.
create table audit_unsealed (
  tenant_id uuid not null references tenant (id),
  at timestamptz not null,
  id uuid not null,
  queued_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, at, id)
);
alter table audit_unsealed enable row level security;
alter table audit_unsealed force row level security;
create policy tenant_isolation on audit_unsealed using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
-- Which tenants have something to seal, and for how long it has been waiting.
create policy scheduler_sees_waiting on audit_unsealed for select to countersign_scheduler using (true);
grant select, insert, delete on audit_unsealed to countersign_app;
grant select, insert, delete on audit_unsealed to countersign_keeper;
grant select (tenant_id, queued_at) on audit_unsealed to countersign_scheduler;

-- The head of each tenant's chain. Its row is what sealers lock, so that one works at a time, whatever their number.
create table audit_chain (
  tenant_id uuid primary key references tenant (id),
  sequence bigint not null default 0 check (sequence >= 0),
  hash bytea not null check (length(hash) = 32),
  sealed_at timestamptz,
  -- What the last walk over the chain found: nothing, or the first broken link in words.
  verified_at timestamptz,
  verified_through bigint,
  problem text
);
alter table audit_chain enable row level security;
alter table audit_chain force row level security;
create policy tenant_isolation on audit_chain using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
-- The heads that are carried out of the database every day.
create policy scheduler_sees_heads on audit_chain for select to countersign_scheduler using (true);
grant select, insert, update on audit_chain to countersign_app;
grant select, update, delete on audit_chain to countersign_keeper;
grant select (tenant_id, sequence, hash, sealed_at, verified_at, problem) on audit_chain to countersign_scheduler;

-- One link. The hash covers the tenant, the place, the link before, the plain facts of the event and the commitments; the salts
-- do not stand under it, and with its salt a personal value loses the last way to guess it from its commitment.
create table audit_seal (
  tenant_id uuid not null references tenant (id),
  sequence bigint not null check (sequence > 0),
  event_at timestamptz not null,
  event_id uuid not null,
  commitments jsonb not null,
  salts jsonb not null,
  previous bytea not null check (length(previous) = 32),
  hash bytea not null check (length(hash) = 32),
  sealed_at timestamptz not null,
  primary key (tenant_id, sequence),
  unique (tenant_id, event_id)
);
alter table audit_seal enable row level security;
alter table audit_seal force row level security;
create policy tenant_isolation on audit_seal using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert on audit_seal to countersign_app;
grant select, delete, update (salts) on audit_seal to countersign_keeper;
create trigger audit_seal_is_evidence before update or delete on audit_seal for each row execute function refuse_change();

-- Where the chain begins after retention has taken what was before. Backed by a sealed event of the same content.
create table audit_checkpoint (
  tenant_id uuid not null references tenant (id),
  sequence bigint not null,
  hash bytea not null check (length(hash) = 32),
  events bigint not null,
  noted_as uuid not null,
  made_at timestamptz not null,
  primary key (tenant_id, sequence)
);
alter table audit_checkpoint enable row level security;
alter table audit_checkpoint force row level security;
create policy tenant_isolation on audit_checkpoint using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select on audit_checkpoint to countersign_app;
grant select, insert, delete on audit_checkpoint to countersign_keeper;
create trigger audit_checkpoint_is_evidence before update or delete on audit_checkpoint for each row execute function refuse_change();

-- The key of each tenant, wrapped by the key wrapper of the installation. Everything sealed for the tenant hangs on it:
-- destroying it (null, for ever) makes all of that unreadable.
create table tenant_key (
  tenant_id uuid not null references tenant (id),
  -- Stands in every envelope that this key wraps.
  id uuid not null,
  wrapped_key text,
  made_at timestamptz not null,
  rewrapped_at timestamptz,
  destroyed_at timestamptz,
  primary key (tenant_id),
  check ((wrapped_key is null) = (destroyed_at is not null))
);
alter table tenant_key enable row level security;
alter table tenant_key force row level security;
create policy tenant_isolation on tenant_key using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on tenant_key to countersign_app;
create trigger tenant_key_destroyed_for_ever before update on tenant_key for each row execute function refuse_new_key();
