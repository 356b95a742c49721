-- How documents of this tenant look. `version` changes with every edit and is part of a document's identity.
create table brand (
  tenant_id uuid primary key references tenant (id),
  version integer not null default 1,
  data jsonb not null default '{}',
  logo bytea,
  logo_type text check (logo_type in ('image/png', 'image/jpeg')),
  updated_at timestamptz not null default now()
);
alter table brand enable row level security;
alter table brand force row level security;
create policy tenant_isolation on brand using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on brand to countersign_app;

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
-- Reading only: what a limited person makes is stored before the row that leads to it, and what they did is always recorded.
create policy caller_scope on document_bytes as restrictive for select to countersign_limited using (caller_knows_bytes(sha256));
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
create policy caller_scope on document as restrictive to countersign_limited using (caller_knows(invoice_id));
grant select, insert on document to countersign_app;
