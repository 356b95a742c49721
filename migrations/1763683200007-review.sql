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
create policy caller_scope on flag as restrictive to countersign_limited using (caller_knows(invoice_id));
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
create policy caller_scope on reviewer as restrictive to countersign_limited using (caller_knows(invoice_id));
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
create policy caller_scope on invoice_view as restrictive to countersign_limited using (caller_knows(invoice_id));
grant select, insert, update on invoice_view to countersign_app;

-- A person's consent to one stored document.
create table approval (
  tenant_id uuid not null,
  id uuid not null,
  invoice_id uuid not null,
  revision_id uuid not null,
  -- The approval outlives the document it was given to: the hash says still which one it was.
  document_id uuid,
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
create policy caller_scope on approval as restrictive to countersign_limited using (caller_knows(invoice_id));
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
create policy caller_scope on rejection as restrictive to countersign_limited using (caller_knows(invoice_id));
grant select, insert, update on rejection to countersign_app;
