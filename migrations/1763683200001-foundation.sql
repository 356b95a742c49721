-- Roles exist before any migration runs (src/platform/postgres/roles.ts): countersign_app, countersign_scheduler, countersign_definer.
revoke create on schema public from public;
grant usage on schema public to countersign_app, countersign_scheduler, countersign_definer;

-- The tenant of this transaction, or null. STABLE and wrapped in a sub-select by every policy, so that it is read once per query.
create function current_tenant() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;
grant execute on function current_tenant() to countersign_app, countersign_scheduler, countersign_definer;

-- Marks a database as sandbox or live at its first boot; it refuses the other mode for ever.
create table installation (
  singleton boolean primary key default true check (singleton),
  mode text not null check (mode in ('sandbox', 'live')),
  marked_at timestamptz not null default now()
);
create function mark_installation(wanted text) returns text language plpgsql security definer set search_path = public, pg_temp as $$
declare found text;
begin
  insert into installation (mode) values (wanted) on conflict do nothing;
  select mode into found from installation;
  return found;
end $$;
grant select, insert on installation to countersign_definer;
alter function mark_installation(text) owner to countersign_definer;
revoke execute on function mark_installation(text) from public;
grant execute on function mark_installation(text) to countersign_app;

create table tenant (
  id uuid primary key,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);

-- What an MSP decides about itself.
create table tenant_settings (
  tenant_id uuid primary key references tenant (id),
  name text not null check (length(name) between 1 and 200),
  time_zone text not null default 'UTC',
  locale text not null default 'en-US',
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  -- The tenant-wide Stop posting switch.
  posting_stopped_at timestamptz,
  posting_stopped_by text,
  allowed_directories text[] not null default '{}',
  created_at timestamptz not null default now()
);
alter table tenant_settings enable row level security;
alter table tenant_settings force row level security;
create policy tenant_isolation on tenant_settings using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, update on tenant_settings to countersign_app;

-- How documents of this tenant look. `version` changes with every edit and is part of a document's identity.
create table brand (
  tenant_id uuid primary key references tenant (id),
  version integer not null default 1,
  data jsonb not null default '{}',
  logo bytea,
  logo_type text check (logo_type in ('image/png', 'image/jpeg', 'image/svg+xml')),
  updated_at timestamptz not null default now()
);
alter table brand enable row level security;
alter table brand force row level security;
create policy tenant_isolation on brand using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on brand to countersign_app;

-- Exclusive work across processes: whoever holds an unexpired row works; the epoch tells a late holder that it lost.
create table lease (
  tenant_id uuid not null references tenant (id),
  name text not null,
  holder uuid not null,
  epoch bigint not null default 1,
  until timestamptz not null,
  primary key (tenant_id, name)
);
alter table lease enable row level security;
alter table lease force row level security;
create policy tenant_isolation on lease using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on lease to countersign_app;

-- Who did what. The app may only insert; rows are never changed.
create table audit_event (
  tenant_id uuid not null references tenant (id),
  id uuid not null,
  at timestamptz not null default now(),
  actor_kind text not null check (actor_kind in ('person', 'api_key', 'system', 'operator')),
  actor_id text not null,
  actor_label text not null,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  before jsonb,
  after jsonb,
  source_ip text,
  primary key (tenant_id, at, id)
) partition by range (at);
create index audit_event_subject on audit_event (tenant_id, subject_kind, subject_id, at desc);
alter table audit_event enable row level security;
alter table audit_event force row level security;
create policy tenant_isolation on audit_event using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert on audit_event to countersign_app;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% rows are evidence and are never changed', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger audit_event_is_evidence before update or delete on audit_event for each row execute function refuse_change();

do $$
declare month date := date '2026-01-01';
begin
  while month < date '2029-01-01' loop
    execute format('create table audit_event_%s partition of audit_event for values from (%L) to (%L)', to_char(month, 'YYYYMM'), month, month + interval '1 month');
    execute format('alter table audit_event_%s enable row level security', to_char(month, 'YYYYMM'));
    execute format('alter table audit_event_%s force row level security', to_char(month, 'YYYYMM'));
    execute format('create policy tenant_isolation on audit_event_%s using (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) with check (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', to_char(month, 'YYYYMM'));
    month := month + interval '1 month';
  end loop;
end $$;
