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
grant select, insert, update, delete on vendor_record to countersign_app;

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
grant select, insert, update on invoice to countersign_app;

create function check_invoice_transition() returns trigger language plpgsql as $$
begin
  if old.state <> new.state and not exists (
    select from (values
      ('draft', 'in_review'), ('draft', 'void'), ('draft', 'skipped'),
      ('in_review', 'approved'), ('in_review', 'rejected'), ('in_review', 'void'), ('in_review', 'skipped'),
      ('approved', 'in_review'), ('approved', 'posted'), ('approved', 'void'),
      ('rejected', 'in_review'), ('rejected', 'void'),
      ('posted', 'settled'), ('posted', 'void'),
      ('settled', 'posted'), ('settled', 'void'),
      ('skipped', 'in_review'), ('skipped', 'void')
    ) as allowed (before_state, after_state) where before_state = old.state and after_state = new.state
  ) then
    raise exception 'an invoice cannot go from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  return new;
end $$;
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
grant select, insert on invoice_revision to countersign_app;
alter table invoice add foreign key (tenant_id, revision_id) references invoice_revision (tenant_id, id) deferrable initially deferred;

-- What a review rule says; `gone` when its cause was fixed, kept so that a dismissal and its history survive.
create table flag (
  tenant_id uuid not null,
  id uuid not null,
  invoice_id uuid not null,
  rule text not null,
  severity text not null check (severity in ('error', 'warning', 'info')),
  title text not null,
  message text not null,
  target text not null,
  line_key text,
  link text,
  reveals_cost boolean not null,
  gone boolean not null default false,
  dismissed_by text,
  dismissed_at timestamptz,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, invoice_id, rule, target),
  foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  check ((dismissed_by is null) = (dismissed_at is null))
);
alter table flag enable row level security;
alter table flag force row level security;
create policy tenant_isolation on flag using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on flag to countersign_app;

create table reviewer (
  tenant_id uuid not null,
  id uuid not null,
  invoice_id uuid not null,
  -- Lower-case address: the PSA's staff record and the person who signs in meet here.
  email text not null,
  name text not null,
  decision text not null default 'waiting' check (decision in ('waiting', 'viewed', 'approved', 'rejected')),
  decided_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, invoice_id, email),
  foreign key (tenant_id, invoice_id) references invoice (tenant_id, id)
);
create index reviewer_by_email on reviewer (tenant_id, email, invoice_id);
alter table reviewer enable row level security;
alter table reviewer force row level security;
create policy tenant_isolation on reviewer using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on reviewer to countersign_app;

-- Unread is the absence of a row.
create table invoice_view (
  tenant_id uuid not null,
  invoice_id uuid not null,
  person_id uuid not null,
  viewed_at timestamptz not null,
  primary key (tenant_id, person_id, invoice_id),
  foreign key (tenant_id, invoice_id) references invoice (tenant_id, id)
);
alter table invoice_view enable row level security;
alter table invoice_view force row level security;
create policy tenant_isolation on invoice_view using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on invoice_view to countersign_app;

create table document_bytes (
  tenant_id uuid not null references tenant (id),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  bytes bytea not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, sha256)
);
alter table document_bytes alter column bytes set storage external;
alter table document_bytes enable row level security;
alter table document_bytes force row level security;
create policy tenant_isolation on document_bytes using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert on document_bytes to countersign_app;

-- One stored PDF of one revision under one look.
create table document (
  tenant_id uuid not null,
  id uuid not null,
  invoice_id uuid not null,
  revision_id uuid not null,
  -- Template version, brand version and renderer: what besides the content decides the bytes.
  look text not null,
  sha256 text not null,
  pages integer not null check (pages > 0),
  size integer not null check (size > 0),
  -- Where each line stands, read from the PDF: [{lineKey, page, x, y, width, height}].
  positions jsonb not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, revision_id, look),
  foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  foreign key (tenant_id, revision_id) references invoice_revision (tenant_id, id),
  foreign key (tenant_id, sha256) references document_bytes (tenant_id, sha256)
);
create index document_of_invoice on document (tenant_id, invoice_id, created_at desc);
alter table document enable row level security;
alter table document force row level security;
create policy tenant_isolation on document using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert on document to countersign_app;

-- A person's consent to one stored document.
create table approval (
  tenant_id uuid not null,
  id uuid not null,
  invoice_id uuid not null,
  revision_id uuid not null,
  document_id uuid not null,
  document_sha256 text not null,
  approved_by_kind text not null check (approved_by_kind in ('person', 'api_key')),
  approved_by_id text not null,
  approved_by_label text not null,
  reviewer_id uuid,
  -- An Owner or Admin approved in place of all reviewers.
  for_all boolean not null,
  -- The one that made the invoice approved and planned its posting.
  final boolean not null,
  state text not null check (state in ('standing', 'withdrawn', 'lapsed')),
  at timestamptz not null,
  ended_at timestamptz,
  ended_because text,
  primary key (tenant_id, id),
  foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  foreign key (tenant_id, revision_id) references invoice_revision (tenant_id, id),
  foreign key (tenant_id, document_id) references document (tenant_id, id),
  check ((state = 'standing') = (ended_at is null))
);
create unique index approval_one_final on approval (tenant_id, invoice_id) where state = 'standing' and final;
create unique index approval_one_each on approval (tenant_id, invoice_id, approved_by_kind, approved_by_id) where state = 'standing';
alter table approval enable row level security;
alter table approval force row level security;
create policy tenant_isolation on approval using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on approval to countersign_app;

create table rejection (
  tenant_id uuid not null,
  id uuid not null,
  invoice_id uuid not null,
  revision_id uuid not null,
  rejected_by_kind text not null check (rejected_by_kind in ('person', 'api_key')),
  rejected_by_id text not null,
  rejected_by_label text not null,
  reason text not null check (length(reason) between 1 and 2000),
  at timestamptz not null,
  withdrawn_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  foreign key (tenant_id, revision_id) references invoice_revision (tenant_id, id)
);
create index rejection_of_invoice on rejection (tenant_id, invoice_id, at desc);
alter table rejection enable row level security;
alter table rejection force row level security;
create policy tenant_isolation on rejection using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on rejection to countersign_app;
