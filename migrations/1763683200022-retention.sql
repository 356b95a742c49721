-- How long a tenant keeps what. No row: the defaults below hold.
create table data_policy (
  tenant_id uuid primary key references tenant (id),
  -- Invoices with their revisions and PDFs, by the date on the document; null: for ever.
  documents_years integer default 7 check (documents_years between 1 and 100),
  raw_days integer not null default 30 check (raw_days between 1 and 365),
  log_days integer not null default 90 check (log_days between 30 and 365),
  -- Null: for ever.
  audit_years integer default 7 check (audit_years between 1 and 100),
  updated_at timestamptz not null default now()
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
grant select, insert, update, delete on tenant_task to countersign_app;
create policy scheduler_sees_due on tenant_task for select to countersign_scheduler using (true);
grant select (tenant_id, kind, next_due_at) on tenant_task to countersign_scheduler;

-- Every tenant cleans up every night, from the day it is made.
create function plan_retention() returns trigger language plpgsql as $$
begin
  insert into tenant_task (tenant_id, kind, next_due_at) values (new.tenant_id, 'retention', now() + interval '1 day') on conflict do nothing;
  return new;
end $$;
create trigger tenant_settings_plans_retention after insert on tenant_settings for each row execute function plan_retention();
do $$
declare one uuid;
begin
  for one in select id from tenant loop
    perform set_config('app.tenant_id', one::text, true);
    insert into tenant_task (tenant_id, kind, next_due_at) values (one, 'retention', now() + interval '1 day') on conflict do nothing;
  end loop;
  perform set_config('app.tenant_id', '', true);
end $$;

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

-- The keeper works in the tenant of its transaction, as everybody does. It may remove rows of every table of tenants, and change
-- those that the app may change. The migrator calls this after the last migration, so that later tables are reached, too.
create function grant_keeper() returns void language plpgsql as $$
declare one regclass;
begin
  for one in select c.oid::regclass from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity
      and c.relowner <> 'countersign_keeper'::regrole
  loop
    execute format('grant select, delete on %s to countersign_keeper', one);
    if has_any_column_privilege('countersign_app', one, 'update') then execute format('grant update on %s to countersign_keeper', one); end if;
  end loop;
end $$;
revoke execute on function grant_keeper() from public;
select grant_keeper();
grant usage on schema public to countersign_keeper;
grant execute on function current_tenant() to countersign_keeper;
grant insert on purged_invoice to countersign_keeper;
grant select, delete on session, credential_lookup to countersign_keeper;

-- Invoices that a hold covers.
create function held_invoices() returns setof uuid language sql stable as $$
  select i.id from invoice i
    where i.tenant_id = (select current_tenant()) and exists (
      select from legal_hold h where h.tenant_id = i.tenant_id and h.lifted_at is null
        and (h.scope = 'tenant' or (h.scope = 'customer' and h.subject_id = i.customer_id) or (h.scope = 'invoice' and h.subject_id = i.id)))
$$;

-- Invoices older than a day of which nothing more is to come: settled, void or never meant for the books, with no posting that is
-- planned, on its way or in doubt, and none that a person still has to decide on.
create function due_invoices(before date) returns setof uuid language sql stable as $$
  select i.id from invoice i
    where i.tenant_id = (select current_tenant()) and i.date < before and i.state in ('settled', 'void', 'skipped')
      and not exists (select from posting p where p.tenant_id = i.tenant_id and p.invoice_id = i.id
        and (p.state in ('planned', 'sending', 'unknown') or (p.state = 'refused' and i.state = 'settled')))
      and i.id not in (select held_invoices())
    order by i.date, i.id
$$;

-- The same for those whose time has come and that are kept all the same, with the reason.
create function kept_invoices(before date) returns table (because text, rows bigint) language sql stable as $$
  select case when i.id in (select held_invoices()) then 'hold' else 'unfinished' end, count(*) from invoice i
    where i.tenant_id = (select current_tenant()) and i.date < before and i.id not in (select due_invoices(before))
    group by 1 order by 1
$$;

-- Every table whose rows belong to an invoice, from the foreign keys, those first to which no other of them refers. `condition`
-- is about a row `t`; $1 is the tenant, $2 the invoices. So a table of a later version goes with its invoice without being named.
create function tables_of_invoices() returns table (target text, condition text) language plpgsql stable as $$
declare
  known jsonb := '{"invoice": "@.id = any($2)"}';
  links jsonb;
  link record;
  grew boolean := true;
  waiting text[];
  ready text[];
begin
  while grew loop
    grew := false;
    for link in
      select c.conrelid::regclass::text as child, c.confrelid::regclass::text as parent,
             (select quote_ident(attname) from pg_attribute where attrelid = c.conrelid and attnum = c.conkey[2]) as child_column,
             (select quote_ident(attname) from pg_attribute where attrelid = c.confrelid and attnum = c.confkey[2]) as parent_column
        from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace and cardinality(c.conkey) = 2
          and c.confrelid::regclass::text <> c.conrelid::regclass::text and c.conparentid = 0
        order by (c.confrelid = 'invoice'::regclass) desc, 1, 3
    loop
      continue when not known ? link.parent or known ? link.child;
      known := known || jsonb_build_object(link.child, case
        when link.parent = 'invoice' then format('@.%s = any($2)', link.child_column)
        else format('(@.%s) in (select x.%s from %s x where x.tenant_id = $1 and %s)', link.child_column, link.parent_column, link.parent,
          replace(known ->> link.parent, '@', 'x')) end);
      grew := true;
    end loop;
  end loop;
  waiting := array(select jsonb_object_keys(known) order by 1);
  while cardinality(waiting) > 0 loop
    ready := array(select w from unnest(waiting) w where not exists (
      select from pg_constraint c where c.contype = 'f' and c.confrelid = w::regclass and c.conrelid <> c.confrelid and not c.condeferrable
        and c.conrelid::regclass::text = any(waiting)));
    if cardinality(ready) = 0 then raise exception 'The tables of invoices refer to each other in a circle: %', waiting; end if;
    return query select r, replace(known ->> r, '@', 't') from unnest(ready) r order by r;
    waiting := array(select w from unnest(waiting) w where w <> all(ready));
  end loop;
end $$;

-- What is no invoice: which rows of which table may go when they are older than an instant. $1 is the tenant, $2 the instant.
create function retention_rules() returns table (kind text, target text, at_instant text, condition text) language sql immutable as $$
  values
    ('raw', 'vendor_record', 'greatest(t.fetched_at, t.interpreted_at)', 't.interpreted_at is not null and t.problem is null and not exists (
      select from invoice i where i.tenant_id = t.tenant_id and i.connection_id = t.connection_id and i.external_id = t.external_id
        and i.id in (select held_invoices()))'),
    ('logs', 'sync_run', 't.finished_at', 'exists (select from sync_run n where n.tenant_id = t.tenant_id and n.connection_id = t.connection_id
      and n.kind = t.kind and n.finished_at > t.finished_at)'),
    ('logs', 'outgoing_email', 't.finished_at', 'true'),
    ('logs', 'email_code', 't.expires_at', 'true'),
    ('logs', 'invitation', 'coalesce(t.accepted_at, t.withdrawn_at, t.expires_at)', 'true'),
    ('logs', 'pending_grant', 't.expires_at', 'true'),
    ('logs', 'session', 't.expires_at', 'true'),
    ('logs', 'retention_run', 't.finished_at', 'true'),
    ('logs', 'data_export', 't.finished_at', 'true')
$$;

-- Customers without an invoice, or anything else that refers to them, that the PSA has not told of for as long as documents are kept.
-- $3 are invoices that are thought of as gone.
create function customers_left_condition() returns text language sql stable as $$
  select 't.updated_at < $2 and not exists (select from legal_hold h where h.tenant_id = t.tenant_id and h.lifted_at is null
      and (h.scope = ''tenant'' or (h.scope = ''customer'' and h.subject_id = t.id)))' || coalesce(string_agg(
    format(' and not exists (select from %s r where r.tenant_id = t.tenant_id and r.%I = t.id%s)', c.conrelid::regclass, a.attname,
      case when c.conrelid = 'invoice'::regclass then ' and r.id <> all($3)' else '' end), '' order by c.oid), '')
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[2]
    where c.contype = 'f' and c.confrelid = 'customer'::regclass
$$;

create function tenant_is_held() returns boolean language sql stable as $$
  select exists (select from legal_hold where tenant_id = (select current_tenant()) and lifted_at is null and scope = 'tenant')
$$;

-- Exactly what the functions below would delete now. Null instants: that kind is kept for ever.
create function retention_preview(documents_before date, raw_before timestamptz, logs_before timestamptz)
  returns table (kind text, target text, rows bigint, bytes bigint, oldest timestamptz, newest timestamptz)
  language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  here constant uuid := current_tenant();
  due uuid[] := '{}';
  one record;
begin
  if here is null or tenant_is_held() then return; end if;
  if documents_before is not null then
    due := array(select due_invoices(documents_before));
    if cardinality(due) > 0 then
      for one in select * from tables_of_invoices() loop
        return query execute format('select ''documents'', %L, count(*), coalesce(sum(pg_column_size(t.*)), 0)::bigint, %s from %s t where t.tenant_id = $1 and %s',
          one.target, case when one.target = 'invoice' then 'min(t.date)::timestamp at time zone ''UTC'', max(t.date)::timestamp at time zone ''UTC''' else 'null::timestamptz, null::timestamptz' end,
          one.target, one.condition) using here, due;
      end loop;
      return query select 'documents', 'document_bytes', count(*), coalesce(sum(length(b.bytes)), 0)::bigint, min(b.created_at), max(b.created_at)
        from document_bytes b where b.tenant_id = here
          and exists (select from document d where d.tenant_id = here and d.sha256 = b.sha256)
          and not exists (select from document d where d.tenant_id = here and d.sha256 = b.sha256 and d.invoice_id <> all(due));
      return query select 'documents', 'external_ref', count(*), coalesce(sum(pg_column_size(e.*)), 0)::bigint, min(e.created_at), max(e.created_at)
        from external_ref e where e.tenant_id = here and e.kind = 'document' and e.key = any(due::text[]);
      return query select 'documents', 'posting_batch', count(*), coalesce(sum(pg_column_size(b.*)), 0)::bigint, min(b.first_sent_at), max(b.first_sent_at)
        from posting_batch b where b.tenant_id = here and b.state in ('settled', 'dissolved')
          and exists (select from posting p where p.tenant_id = here and p.batch_id = b.id and p.invoice_id = any(due))
          and not exists (select from posting p where p.tenant_id = here and p.batch_id = b.id and (p.invoice_id is null or p.invoice_id <> all(due)));
    end if;
    return query execute format('select ''documents'', ''customer'', count(*), coalesce(sum(pg_column_size(t.*)), 0)::bigint, min(t.updated_at), max(t.updated_at)
      from customer t where t.tenant_id = $1 and %s', customers_left_condition()) using here, documents_before, due;
  end if;
  for one in select r.*, case r.kind when 'raw' then raw_before else logs_before end as before from retention_rules() r loop
    return query execute format('select %L, %L, count(*), coalesce(sum(pg_column_size(t.*)), 0)::bigint, min(%s), max(%s) from %s t where t.tenant_id = $1 and %s < $2 and %s',
      one.kind, one.target, one.at_instant, one.at_instant, one.target, one.at_instant, one.condition) using here, one.before;
  end loop;
end $$;

-- Everything of these invoices, and what is of no use without them. Answers the rows of each table.
create function delete_invoices(chosen uuid[]) returns jsonb language plpgsql as $$
declare
  here constant uuid := current_tenant();
  prints text[] := array(select distinct sha256 from document where tenant_id = here and invoice_id = any(chosen));
  batches uuid[] := array(select distinct batch_id from posting where tenant_id = here and invoice_id = any(chosen) and batch_id is not null);
  counts jsonb := '{}';
  gone bigint;
  one record;
begin
  for one in select * from tables_of_invoices() loop
    execute format('delete from %s t where t.tenant_id = $1 and %s', one.target, one.condition) using here, chosen;
    get diagnostics gone = row_count;
    if gone > 0 then counts := counts || jsonb_build_object(one.target, gone); end if;
  end loop;
  delete from document_bytes b where b.tenant_id = here and b.sha256 = any(prints)
    and not exists (select from document d where d.tenant_id = here and d.sha256 = b.sha256);
  get diagnostics gone = row_count;
  if gone > 0 then counts := counts || jsonb_build_object('document_bytes', gone); end if;
  delete from external_ref e where e.tenant_id = here and e.kind = 'document' and e.key = any(chosen::text[]);
  get diagnostics gone = row_count;
  if gone > 0 then counts := counts || jsonb_build_object('external_ref', gone); end if;
  delete from posting_batch b where b.tenant_id = here and b.id = any(batches) and b.state in ('settled', 'dissolved')
    and not exists (select from posting p where p.tenant_id = here and p.batch_id = b.id);
  get diagnostics gone = row_count;
  if gone > 0 then counts := counts || jsonb_build_object('posting_batch', gone); end if;
  return counts;
end $$;

-- One batch of what is due by now, or '{}' when nothing is left. Only in the tenant of the transaction, and never what is held.
create function retention_delete(documents_before date, raw_before timestamptz, logs_before timestamptz, batch integer) returns jsonb
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  here constant uuid := current_tenant();
  chosen uuid[];
  gone bigint;
  one record;
begin
  if here is null then raise exception 'No tenant is set' using errcode = 'insufficient_privilege'; end if;
  -- Whoever sets a hold waits for this batch, and the next batch sees the hold.
  perform pg_advisory_xact_lock(hashtextextended('legal hold ' || here, 0));
  if tenant_is_held() then return '{}'; end if;
  if documents_before is not null then
    chosen := array(select i.id from invoice i where i.tenant_id = here and i.id in (select due_invoices(documents_before) limit batch) for update);
    -- Read again under the lock: somebody may have posted, reopened or held one meanwhile.
    chosen := array(select c from unnest(chosen) c where c in (select due_invoices(documents_before)));
    if cardinality(chosen) > 0 then
      insert into purged_invoice (tenant_id, connection_id, external_id)
        select here, i.connection_id, i.external_id from invoice i where i.tenant_id = here and i.id = any(chosen) on conflict do nothing;
      return delete_invoices(chosen);
    end if;
    execute format('with gone as (delete from customer t where t.tenant_id = $1 and t.ctid = any(array(
        select t.ctid from customer t where t.tenant_id = $1 and %1$s limit $4)) returning t.id),
      refs as (delete from external_ref e using gone where e.tenant_id = $1 and e.kind = ''contact'' and e.key = gone.id::text)
      select count(*) from gone', customers_left_condition()) into gone using here, documents_before, '{}'::uuid[], batch;
    if gone > 0 then return jsonb_build_object('customer', gone); end if;
  end if;
  for one in select r.*, case r.kind when 'raw' then raw_before else logs_before end as before from retention_rules() r loop
    if one.target = 'invitation' then
      execute format('delete from credential_lookup c using invitation t where c.tenant_id = $1 and c.kind = ''invitation'' and t.tenant_id = $1
        and t.id = c.row_id and %s < $2', one.at_instant) using here, one.before;
    end if;
    execute format('delete from %1$s d where d.tenant_id = $1 and d.ctid = any(array(
      select t.ctid from %1$s t where t.tenant_id = $1 and %2$s < $2 and %3$s limit $3))', one.target, one.at_instant, one.condition)
      using here, one.before, batch;
    get diagnostics gone = row_count;
    if gone > 0 then return jsonb_build_object(one.target, gone); end if;
  end loop;
  return '{}';
end $$;

do $$
declare signature text;
begin
  foreach signature in array array[
    'retention_preview(date, timestamptz, timestamptz)',
    'retention_delete(date, timestamptz, timestamptz, integer)'
  ] loop
    execute format('alter function %s owner to countersign_keeper', signature);
    execute format('revoke execute on function %s from public', signature);
    execute format('grant execute on function %s to countersign_app', signature);
  end loop;
end $$;
