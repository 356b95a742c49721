create table schedule (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  kind text not null check (kind in ('pull', 'sweep', 'post', 'settle')),
  interval_minutes integer not null check (interval_minutes between 1 and 10080),
  next_due_at timestamptz not null,
  paused boolean not null default false,
  primary key (tenant_id, id),
  unique (tenant_id, connection_id, kind),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
);
create index schedule_due on schedule (next_due_at) where not paused;
alter table schedule enable row level security;
alter table schedule force row level security;
create policy tenant_isolation on schedule using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
-- The scheduler sees which rows are due, of every tenant, and nothing else.
create policy scheduler_sees_due on schedule for select to countersign_scheduler using (true);
grant select (tenant_id, id, kind, next_due_at, paused) on schedule to countersign_scheduler;
grant select, insert, update, delete on schedule to countersign_app;

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
