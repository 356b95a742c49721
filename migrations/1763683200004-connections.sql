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
create policy definer_counts on connection for select to countersign_definer using (true);
grant select, insert, update on connection to countersign_app;
grant select (state) on connection to countersign_definer;

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
grant select (tenant_id), delete on connection_route to countersign_keeper;

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
-- A rotation lifts what waits in a pending grant, too.
grant update (sealed_credentials) on pending_grant to countersign_app;

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
