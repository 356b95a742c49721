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
