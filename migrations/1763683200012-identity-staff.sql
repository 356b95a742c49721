-- The people whom the connected PSA lists as its staff. Nobody is let in by it: it says who may be invited, and whom invoices go to.
create table staff_record (
  tenant_id uuid not null references tenant (id),
  connection_id uuid not null,
  -- The PSA's key of this person.
  external_id text not null,
  name text not null,
  email text check (email = lower(email)),
  active boolean not null,
  read_at timestamptz not null,
  primary key (tenant_id, connection_id, external_id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
);
create index staff_record_by_email on staff_record (tenant_id, email);
alter table staff_record enable row level security;
alter table staff_record force row level security;
create policy tenant_isolation on staff_record using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on staff_record to countersign_app;

-- One row for each connection whose staff was asked for: when, and what is then not known.
create table staff_reading (
  tenant_id uuid not null references tenant (id),
  connection_id uuid not null,
  read_at timestamptz not null,
  -- A sentence; null where the list was there.
  not_known text,
  primary key (tenant_id, connection_id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
);
alter table staff_reading enable row level security;
alter table staff_reading force row level security;
create policy tenant_isolation on staff_reading using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on staff_reading to countersign_app;
