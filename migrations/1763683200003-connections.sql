-- A tenant's authorised link to a vendor account.
create table connection (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  connector text not null,
  external_account_id text not null,
  label text not null,
  api_address text,
  state text not null check (state in ('connected', 'needs_reconnect', 'disconnected')),
  -- Sealed by the vault; never null while connected.
  sealed_credentials text,
  -- Counts renewals, so that a process with an older pair knows that a newer one exists.
  grant_epoch bigint not null default 1,
  health jsonb,
  paused_at timestamptz,
  paused_by text,
  -- Ledgers start in preview: documents are built and shown, nothing is sent.
  posting_mode text not null default 'preview' check (posting_mode in ('preview', 'live')),
  go_live_date date,
  budget_left integer,
  budget_day date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, connector, external_account_id),
  check (posting_mode = 'preview' or go_live_date is not null),
  check (state <> 'connected' or sealed_credentials is not null)
);
alter table connection enable row level security;
alter table connection force row level security;
create policy tenant_isolation on connection using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on connection to countersign_app;

-- Which tenants link an account: a webhook names only the account. Global, because it is asked before a tenant is known.
create table connection_route (
  connector text not null,
  external_account_id text not null,
  tenant_id uuid not null,
  connection_id uuid not null,
  primary key (connector, external_account_id, tenant_id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
);
create index connection_route_of_connection on connection_route (connection_id);
grant select, insert, update, delete on connection_route to countersign_definer;

create function resolve_route(wanted_connector text, wanted_account text) returns table (tenant_id uuid, connection_id uuid)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select r.tenant_id, r.connection_id from connection_route r where r.connector = wanted_connector and r.external_account_id = wanted_account $$;
-- The same for vendors that call each connection at an address of its own.
create function resolve_connection(wanted_connector text, wanted_connection uuid) returns table (tenant_id uuid, external_account_id text)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select r.tenant_id, r.external_account_id from connection_route r where r.connector = wanted_connector and r.connection_id = wanted_connection $$;
-- Only for the tenant of this transaction: a tenant cannot route another's account events to itself by naming its id.
create function register_route(wanted_connector text, wanted_account text, wanted_connection uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ insert into connection_route (connector, external_account_id, tenant_id, connection_id)
        values (wanted_connector, wanted_account, nullif(current_setting('app.tenant_id', true), '')::uuid, wanted_connection)
        on conflict (connector, external_account_id, tenant_id) do update set connection_id = excluded.connection_id $$;
create function forget_route(wanted_connection uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ delete from connection_route
        where connection_id = wanted_connection and tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid $$;
do $$
declare signature text;
begin
  foreach signature in array array[
    'resolve_route(text, text)', 'resolve_connection(text, uuid)', 'register_route(text, text, uuid)', 'forget_route(uuid)'
  ] loop
    execute format('alter function %s owner to countersign_definer', signature);
    execute format('revoke execute on function %s from public', signature);
    execute format('grant execute on function %s to countersign_app', signature);
  end loop;
end $$;

-- A grant that opens several accounts, until the person who gave it has picked one.
create table pending_grant (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  connector text not null,
  begun_by text not null,
  accounts jsonb not null,
  api_address text,
  sealed_credentials text not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id)
);
alter table pending_grant enable row level security;
alter table pending_grant force row level security;
create policy tenant_isolation on pending_grant using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, delete on pending_grant to countersign_app;

-- Requests already spent of a vendor's limits, shared by all processes: counted in short slices, so that no window of the
-- limit's length ever holds more than the limit, wherever the vendor lets its own window begin.
create table pace (
  tenant_id uuid not null,
  connection_id uuid not null,
  -- 'second', 'minute', 'day', 'batch-minute'; 'pause': nothing before `slice`
  span text not null,
  slice timestamptz not null,
  spent integer not null,
  primary key (tenant_id, connection_id, span, slice),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
);
alter table pace enable row level security;
alter table pace force row level security;
create policy tenant_isolation on pace using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on pace to countersign_app;

-- Requests on the wire, of all processes. A row left by one that died counts no more after `until`.
create table request_in_flight (
  tenant_id uuid not null,
  connection_id uuid not null,
  id uuid not null,
  until timestamptz not null,
  primary key (tenant_id, connection_id, id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
);
alter table request_in_flight enable row level security;
alter table request_in_flight force row level security;
create policy tenant_isolation on request_in_flight using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, delete on request_in_flight to countersign_app;

-- The same for all connections of one app: no tenant can be named, since the limit belongs to the installation.
create table app_pace (
  connector text not null,
  slice timestamptz not null,
  spent integer not null,
  primary key (connector, slice)
);
grant select, insert, update, delete on app_pace to countersign_definer;
-- Spends one request of the app's minute. Returns 0, or the milliseconds to wait before asking again. The slices are two
-- seconds long and kept for a second more than their minute, since a request takes a moment to arrive.
create function take_app_pace(wanted_connector text, per_minute integer, at_instant timestamptz) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  length constant interval := interval '63 seconds';
  here constant timestamptz := to_timestamp(floor(extract(epoch from at_instant) / 2) * 2);
  already bigint;
  oldest timestamptz;
begin
  perform pg_advisory_xact_lock(hashtextextended('app pace ' || wanted_connector, 0));
  delete from app_pace a where a.connector = wanted_connector and a.slice <= at_instant - length;
  select coalesce(sum(a.spent), 0), min(a.slice) into already, oldest from app_pace a where a.connector = wanted_connector;
  if already >= per_minute then
    return greatest(1, ceil(extract(epoch from oldest + length - at_instant) * 1000))::integer;
  end if;
  insert into app_pace as a (connector, slice, spent) values (wanted_connector, here, 1)
    on conflict (connector, slice) do update set spent = a.spent + 1;
  return 0;
end $$;
alter function take_app_pace(text, integer, timestamptz) owner to countersign_definer;
revoke execute on function take_app_pace(text, integer, timestamptz) from public;
grant execute on function take_app_pace(text, integer, timestamptz) to countersign_app;

-- Which ledger a PSA location bills through. No row or no ledger: the invoice waits and the page says why.
create table location (
  tenant_id uuid not null,
  source_connection_id uuid not null,
  external_id text not null,
  name text not null,
  ledger_connection_id uuid,
  primary key (tenant_id, source_connection_id, external_id),
  foreign key (tenant_id, source_connection_id) references connection (tenant_id, id),
  foreign key (tenant_id, ledger_connection_id) references connection (tenant_id, id)
);
alter table location enable row level security;
alter table location force row level security;
create policy tenant_isolation on location using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on location to countersign_app;

-- Our key → the vendor's code: categories and taxes of a ledger, decisions and billing statuses of a PSA.
create table code_mapping (
  tenant_id uuid not null,
  connection_id uuid not null,
  kind text not null check (kind in ('category', 'tax', 'status')),
  key text not null,
  code text not null,
  set_by text not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, connection_id, kind, key),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
);
alter table code_mapping enable row level security;
alter table code_mapping force row level security;
create policy tenant_isolation on code_mapping using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on code_mapping to countersign_app;

-- Reference data of a vendor (chart of accounts, statuses, profile), kept so that a run does not ask again.
create table vendor_cache (
  tenant_id uuid not null,
  connection_id uuid not null,
  kind text not null,
  payload jsonb not null,
  fetched_at timestamptz not null,
  primary key (tenant_id, connection_id, kind),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
);
alter table vendor_cache enable row level security;
alter table vendor_cache force row level security;
create policy tenant_isolation on vendor_cache using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on vendor_cache to countersign_app;

-- Our id ↔ the vendor's id, per connection.
create table external_ref (
  tenant_id uuid not null,
  connection_id uuid not null,
  kind text not null check (kind in ('contact', 'item', 'document', 'payment')),
  key text not null,
  external_id text not null,
  link text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, connection_id, kind, key),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
);
create index external_ref_by_vendor on external_ref (tenant_id, connection_id, kind, external_id);
alter table external_ref enable row level security;
alter table external_ref force row level security;
create policy tenant_isolation on external_ref using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on external_ref to countersign_app;

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
