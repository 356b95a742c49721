-- One request to a vendor that carries several postings; committed before it is sent, and re-sent byte for byte or dissolved.
create table posting_batch (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  request_key text not null check (length(request_key) between 8 and 36),
  kind text not null check (kind in ('invoice', 'credit_note')),
  body_hash text not null check (body_hash ~ '^[0-9a-f]{64}$'),
  state text not null check (state in ('sending', 'settled', 'frozen', 'dissolved')),
  -- After this instant a sender that has not answered is dead.
  lease_until timestamptz not null,
  first_sent_at timestamptz not null,
  sends integer not null default 1,
  -- Whether the last try ended without any answer (the only case in which some vendors may be asked again).
  transport_failure boolean not null default false,
  settled_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, connection_id, request_key),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
);
create index posting_batch_open on posting_batch (tenant_id, connection_id) where state in ('sending', 'frozen');
alter table posting_batch enable row level security;
alter table posting_batch force row level security;
create policy tenant_isolation on posting_batch using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on posting_batch to countersign_app;

-- One intent to write something at a vendor. Committed before anything is sent.
create table posting (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  operation text not null check (operation in ('document', 'contact', 'item', 'attachment', 'payment', 'status', 'note')),
  -- What makes the intent one: the invoice, the customer, the settlement and its direction, the decision.
  intent_key text not null,
  -- What is to be written, vendor-blind.
  intent jsonb not null,
  invoice_id uuid,
  approval_id uuid,
  state text not null check (state in ('planned', 'sending', 'posted', 'refused', 'unknown', 'skipped', 'voided')),
  not_before timestamptz not null,
  attempts integer not null default 0,
  -- Document postings: as sent, for ever.
  sent_number text,
  sent_body text,
  batch_id uuid,
  batch_position integer,
  member_key text,
  sent_at timestamptz,
  external_id text,
  link text,
  cause text,
  vendor_words text,
  vendor_code text,
  assigned_to text,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id),
  foreign key (tenant_id, invoice_id) references invoice (tenant_id, id),
  foreign key (tenant_id, approval_id) references approval (tenant_id, id),
  foreign key (tenant_id, batch_id) references posting_batch (tenant_id, id),
  check (operation <> 'document' or invoice_id is not null),
  check (state <> 'posted' or external_id is not null),
  check (state <> 'refused' or cause is not null)
);
-- At most one live create per invoice, whatever its revision and whichever ledger: the law of this product.
create unique index posting_one_live_document on posting (tenant_id, invoice_id) where operation = 'document' and state not in ('refused', 'skipped', 'voided');
create unique index posting_one_live_intent on posting (tenant_id, connection_id, operation, intent_key) where state not in ('refused', 'skipped', 'voided');
create index posting_due on posting (tenant_id, connection_id, not_before) where state = 'planned';
create index posting_open on posting (tenant_id, connection_id) where state in ('sending', 'unknown');
create index posting_of_invoice on posting (tenant_id, invoice_id, created_at);
-- Ids are ordered by time and never move, so a list can be paged while its rows change.
create index posting_by_state on posting (tenant_id, state, id desc);
alter table posting enable row level security;
alter table posting force row level security;
create policy tenant_isolation on posting using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
create policy caller_scope on posting as restrictive to countersign_limited using (caller_knows(invoice_id));
-- What whoever runs the installation has to see over all tenants: how many writes to vendors and links to them are in which
-- state. Two columns of two tables, counted; no id and nobody's name comes out.
create policy definer_counts on posting for select to countersign_definer using (true);
grant select, insert, update on posting to countersign_app;
grant select (state) on posting to countersign_definer;
create trigger posting_transition before update of state on posting for each row execute function check_posting_transition();

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
