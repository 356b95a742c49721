-- Payments and credits learned from a ledger and told to the PSA.
create table settlement (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  kind text not null check (kind in ('payment', 'credit')),
  external_id text not null,
  document_external_id text not null,
  invoice_id uuid not null,
  amount numeric(19, 4) not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  date date not null,
  reference text,
  removed boolean not null default false,
  first_seen_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, connection_id, kind, external_id, document_external_id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id),
  foreign key (tenant_id, invoice_id) references invoice (tenant_id, id)
);
create index settlement_of_invoice on settlement (tenant_id, invoice_id);
alter table settlement enable row level security;
alter table settlement force row level security;
create policy tenant_isolation on settlement using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy caller_scope on settlement as restrictive to countersign_limited using (caller_knows(invoice_id));
grant select, insert, update on settlement to countersign_app;
