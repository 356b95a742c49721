create table customer (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  external_id text not null,
  name text not null,
  data jsonb not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, connection_id, external_id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
);
alter table customer enable row level security;
alter table customer force row level security;
create policy tenant_isolation on customer using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy caller_scope on customer as restrictive to countersign_limited using (caller_knows_customer(id));
grant select, insert, update on customer to countersign_app;

create table invoice (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  external_id text not null,
  number text not null,
  -- Lower case, folded number and customer name, made by the app: LIKE and lower() are not leakproof under row security.
  search text not null,
  type text not null,
  type_label text not null,
  state text not null check (state in ('draft', 'in_review', 'approved', 'posted', 'settled', 'rejected', 'void', 'skipped')),
  -- Why it is void: only one that was voided in the ledger can come back to review.
  void_cause text check (void_cause in ('deleted_in_psa', 'voided_in_ledger')),
  customer_id uuid not null,
  customer_name text not null,
  date date not null,
  due_date date not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  subtotal numeric(19, 4) not null,
  tax numeric(19, 4) not null,
  total numeric(19, 4) not null,
  balance numeric(19, 4) not null,
  agreement_external_id text,
  location_external_id text not null,
  -- Where it is or will be posted; fixed by its first live document posting.
  ledger_connection_id uuid,
  revision_id uuid not null,
  context jsonb not null,
  open_errors integer not null default 0,
  open_warnings integer not null default 0,
  open_infos integer not null default 0,
  -- The review rules have not yet seen what was last read.
  check_wanted boolean not null default true,
  -- The PSA changed the charge after it was posted; the books keep what was approved.
  changed_after_posting boolean not null default false,
  source_updated_at timestamptz not null,
  first_seen_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, connection_id, external_id),
  check (void_cause is null or state = 'void'),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id),
  foreign key (tenant_id, customer_id) references customer (tenant_id, id),
  foreign key (tenant_id, ledger_connection_id) references connection (tenant_id, id),
  check (subtotal + tax = total)
);
create index invoice_inbox on invoice (tenant_id, state, date desc, id desc);
-- Carries what lists filter, count and add up, so that neither a search nor the counts of all tabs read the table.
create index invoice_newest on invoice (tenant_id, date desc, id desc) include (state, search, currency, total);
create index invoice_agreement on invoice (tenant_id, agreement_external_id, date desc) where agreement_external_id is not null;
create index invoice_to_check on invoice (tenant_id, connection_id) where check_wanted;
create index invoice_number on invoice (tenant_id, number);
alter table invoice enable row level security;
alter table invoice force row level security;
create policy tenant_isolation on invoice using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy caller_scope on invoice as restrictive to countersign_limited
  using (caller_knows_invoice(customer_id, connection_id, location_external_id));
grant select, insert, update on invoice to countersign_app;
create trigger invoice_transition before update of state on invoice for each row execute function check_invoice_transition();

create table invoice_revision (
  tenant_id uuid not null,
  id uuid not null,
  invoice_id uuid not null,
  number integer not null,
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  content jsonb not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, invoice_id, number),
  foreign key (tenant_id, invoice_id) references invoice (tenant_id, id) deferrable initially deferred
);
alter table invoice_revision enable row level security;
alter table invoice_revision force row level security;
create policy tenant_isolation on invoice_revision using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy caller_scope on invoice_revision as restrictive to countersign_limited using (caller_knows(invoice_id));
grant select, insert on invoice_revision to countersign_app;
alter table invoice add foreign key (tenant_id, revision_id) references invoice_revision (tenant_id, id) deferrable initially deferred;
grant update on invoice_revision to countersign_keeper;

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
