-- How long a tenant keeps what. No row: the defaults below hold.
create table data_policy (
  tenant_id uuid primary key references tenant (id),
  -- Invoices with their revisions and PDFs, by the date on the document; null: for ever.
  documents_years integer default 7 check (documents_years between 1 and 100),
  raw_days integer not null default 7 check (raw_days between 1 and 365),
  log_days integer not null default 90 check (log_days between 30 and 365),
  -- Null: for ever.
  audit_years integer default 7 check (audit_years between 1 and 100),
  updated_at timestamptz not null default now(),
  -- A company may choose that nothing is kept here of what an invoice says: lines, notes, comments, addresses, cost, the raw
  -- payload, the PDF. What stays is how it is found and told apart: number, type, dates, customer's name, sums, status, location.
  keeps_content boolean not null default true
);
alter table data_policy enable row level security;
alter table data_policy force row level security;
create policy tenant_isolation on data_policy using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on data_policy to countersign_app;

-- What is to be done for a whole tenant from time to time.
create table tenant_task (
  tenant_id uuid not null references tenant (id),
  kind text not null check (kind in ('retention', 'erasure')),
  next_due_at timestamptz not null,
  planned_at timestamptz not null default now(),
  primary key (tenant_id, kind)
);
create index tenant_task_due on tenant_task (next_due_at);
alter table tenant_task enable row level security;
alter table tenant_task force row level security;
create policy tenant_isolation on tenant_task using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy scheduler_sees_due on tenant_task for select to countersign_scheduler using (true);
grant select, insert, update, delete on tenant_task to countersign_app;
grant select (tenant_id, kind, next_due_at) on tenant_task to countersign_scheduler;

-- One clean-up with what it was to delete and what it did.
create table retention_run (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  state text not null check (state in ('queued', 'running', 'succeeded', 'failed')),
  requested_by text not null,
  expected bigint not null default 0,
  deleted bigint not null default 0,
  -- Rows by table.
  counts jsonb not null default '{}',
  -- Why something was left alone, in words.
  kept jsonb not null default '[]',
  problem text,
  queued_at timestamptz not null,
  started_at timestamptz,
  heartbeat_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, id),
  check ((state in ('succeeded', 'failed')) = (finished_at is not null))
);
create unique index retention_run_one_live on retention_run (tenant_id) where state in ('queued', 'running');
create index retention_run_latest on retention_run (tenant_id, queued_at desc);
alter table retention_run enable row level security;
alter table retention_run force row level security;
create policy tenant_isolation on retention_run using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on retention_run to countersign_app;

-- While one stands nothing that it covers is deleted or made anonymous.
create table legal_hold (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  scope text not null check (scope in ('tenant', 'customer', 'invoice')),
  subject_id uuid,
  subject_label text not null,
  reason text not null check (length(reason) between 1 and 1000),
  set_by_id text not null,
  set_by_label text not null,
  set_at timestamptz not null,
  lifted_by_id text,
  lifted_by_label text,
  lifted_at timestamptz,
  primary key (tenant_id, id),
  check ((scope = 'tenant') = (subject_id is null)),
  check ((lifted_at is null) = (lifted_by_id is null))
);
create index legal_hold_open on legal_hold (tenant_id, scope, subject_id) where lifted_at is null;
alter table legal_hold enable row level security;
alter table legal_hold force row level security;
create policy tenant_isolation on legal_hold using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on legal_hold to countersign_app;

-- What was deleted by age and must not come back as a new invoice, which could be posted a second time. Ids only.
create table purged_invoice (
  tenant_id uuid not null,
  connection_id uuid not null,
  external_id text not null,
  purged_at timestamptz not null default now(),
  primary key (tenant_id, connection_id, external_id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
);
alter table purged_invoice enable row level security;
alter table purged_invoice force row level security;
create policy tenant_isolation on purged_invoice using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select on purged_invoice to countersign_app;
grant insert on purged_invoice to countersign_keeper;

-- All of a tenant's data in one file, for one person and for a day.
create table data_export (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  state text not null check (state in ('queued', 'running', 'ready', 'failed', 'expired')),
  requested_by_kind text not null check (requested_by_kind in ('person', 'api_key')),
  requested_by_id text not null,
  requested_by_label text not null,
  expected bigint not null default 0,
  done bigint not null default 0,
  size bigint,
  sha256 text,
  problem text,
  queued_at timestamptz not null,
  heartbeat_at timestamptz,
  finished_at timestamptz,
  expires_at timestamptz,
  downloaded_at timestamptz,
  primary key (tenant_id, id),
  check ((state = 'ready') <= (size is not null and sha256 is not null and expires_at is not null))
);
create unique index data_export_one_live on data_export (tenant_id) where state in ('queued', 'running');
create index data_export_latest on data_export (tenant_id, queued_at desc);
alter table data_export enable row level security;
alter table data_export force row level security;
create policy tenant_isolation on data_export using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on data_export to countersign_app;

-- What was erased of a person: signed, kept as evidence, never changed.
create table erasure_certificate (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  kind text not null check (kind in ('person', 'contact')),
  subject_label text not null,
  body jsonb not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  signature text not null,
  issued_at timestamptz not null,
  primary key (tenant_id, id)
);
alter table erasure_certificate enable row level security;
alter table erasure_certificate force row level security;
create policy tenant_isolation on erasure_certificate using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert on erasure_certificate to countersign_app;

-- The wish to be forgotten as a whole tenant, and how far it came. Leaves with the tenant's last row.
create table tenant_erasure (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  -- Under which the certificate will be found when the tenant is gone; random, since it is all that one needs to read it.
  certificate_id uuid not null,
  state text not null check (state in ('waiting', 'erasing', 'cancelled')),
  requested_by_kind text not null,
  requested_by_id text not null,
  requested_by_label text not null,
  requested_at timestamptz not null,
  not_before timestamptz not null,
  -- Posting was stopped already when it was asked for: undoing does not start it.
  posting_was_stopped boolean not null,
  -- Rows by table.
  counts jsonb not null default '{}',
  -- What was told to the vendors, and what they said.
  notes jsonb not null default '[]',
  problem text,
  cancelled_at timestamptz,
  cancelled_by text,
  primary key (tenant_id, id)
);
create unique index tenant_erasure_one_open on tenant_erasure (tenant_id) where state <> 'cancelled';
alter table tenant_erasure enable row level security;
alter table tenant_erasure force row level security;
create policy tenant_isolation on tenant_erasure using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on tenant_erasure to countersign_app;

-- What remains of an erased tenant: the certificate, which names no person and no customer.
create table tenant_certificate (
  id uuid primary key,
  tenant_id uuid not null,
  body jsonb not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  signature text not null,
  issued_at timestamptz not null
);
grant select, insert on tenant_certificate to countersign_keeper;

-- Every tenant cleans up every night, from the day it is made.
create trigger tenant_settings_plans_retention after insert on tenant_settings for each row execute function plan_retention();
-- Whoever writes: where no content is kept, it does not get past here.
create trigger customer_bare before insert or update of data on customer for each row execute function keep_bare();
create trigger invoice_bare before insert or update of context, agreement_external_id on invoice for each row execute function keep_bare();
create trigger invoice_revision_bare before insert or update of content on invoice_revision for each row execute function keep_bare();
-- What is content through and through, or consent to one.
create trigger vendor_record_is_content before insert or update of payload on vendor_record
  for each row when (new.payload <> 'null'::jsonb) execute function refuse_content();
create trigger posting_needs_content before insert on posting
  for each row when (new.operation in ('document', 'attachment', 'contact', 'item')) execute function refuse_content();
create trigger document_needs_content before insert on document for each row execute function refuse_content();
create trigger document_bytes_needs_content before insert on document_bytes for each row execute function refuse_content();
create trigger flag_needs_content before insert on flag for each row execute function refuse_content();
create trigger approval_needs_content before insert on approval for each row execute function refuse_content();
create trigger rejection_needs_content before insert on rejection for each row execute function refuse_content();
