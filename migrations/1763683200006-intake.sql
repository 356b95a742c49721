-- Raw, as fetched; read again whenever mapping learns something.
create table vendor_record (
  tenant_id uuid not null,
  connection_id uuid not null,
  kind text not null,
  external_id text not null,
  number text,
  payload jsonb not null,
  vendor_updated_at timestamptz not null,
  fetched_at timestamptz not null,
  expires_at timestamptz not null,
  -- Why it was set aside, in plain words; null when it was understood.
  problem text,
  problem_field text,
  -- Null until the mapping has read this version of it.
  interpreted_at timestamptz,
  primary key (tenant_id, connection_id, kind, external_id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
);
create index vendor_record_waiting on vendor_record (tenant_id, connection_id, external_id) where interpreted_at is null;
create index vendor_record_set_aside on vendor_record (tenant_id, connection_id) where problem is not null;
alter table vendor_record enable row level security;
alter table vendor_record force row level security;
create policy tenant_isolation on vendor_record using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy caller_scope on vendor_record as restrictive to countersign_limited using (caller_knows_record(connection_id, external_id));
grant select, insert, update, delete on vendor_record to countersign_app;

-- One pull, sweep or settlement with its cursor and outcome.
create table sync_run (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  kind text not null check (kind in ('pull', 'sweep', 'settle')),
  state text not null check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  requested_by text not null,
  cursor_before text,
  expected integer,
  fetched integer not null default 0,
  changed integer not null default 0,
  set_aside integer not null default 0,
  problem text,
  queued_at timestamptz not null,
  started_at timestamptz,
  heartbeat_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id),
  check ((state in ('succeeded', 'failed', 'cancelled')) = (finished_at is not null))
);
create unique index sync_run_one_live on sync_run (tenant_id, connection_id, kind) where state in ('queued', 'running');
create index sync_run_latest on sync_run (tenant_id, connection_id, queued_at desc);
alter table sync_run enable row level security;
alter table sync_run force row level security;
create policy tenant_isolation on sync_run using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on sync_run to countersign_app;

-- How far each kind of reading has come; moves only in the transaction that stored what was read.
create table sync_cursor (
  tenant_id uuid not null,
  connection_id uuid not null,
  kind text not null check (kind in ('pull', 'settle')),
  cursor text not null,
  updated_at timestamptz not null,
  primary key (tenant_id, connection_id, kind),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
);
alter table sync_cursor enable row level security;
alter table sync_cursor force row level security;
create policy tenant_isolation on sync_cursor using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on sync_cursor to countersign_app;
