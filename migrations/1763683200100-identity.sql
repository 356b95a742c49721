-- Raw payloads are of use for a week after they were understood; a company may choose longer.
alter table data_policy alter column raw_days set default 7;

-- The id of a session in use is replaced every hour. The one before opens it for another minute, for what the browser had sent
-- already; nobody who finds an old id finds an open door.
alter table session
  add column id_since timestamptz not null default now(),
  add column previous_sha256 bytea unique check (length(previous_sha256) = 32),
  add column previous_until timestamptz,
  add check ((previous_sha256 is null) = (previous_until is null));

create or replace function end_session(wanted bytea) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ delete from session where id_sha256 = wanted or previous_sha256 = wanted $$;

drop function resolve_session(bytea, timestamptz, integer);
-- The person of a live session, named as their tenant does, and the membership as it is now. Notes the visit at most once a minute.
-- The tenant's own limits can only end it sooner. `id_since` is null for whoever came with the id before.
create function resolve_session(wanted bytea, at_instant timestamptz, idle_seconds integer)
  returns table (person_id uuid, person_name text, tenant_id uuid, tenant_name text, role text, email text,
    method text, issuer text, subject text, hosted_domain text,
    ref uuid, assured_at timestamptz, factor_at timestamptz, has_factor boolean, factor_demanded boolean, id_since timestamptz)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  live session;
  domain text;
  enters boolean;
begin
  select s.* into live from session s
    left join tenant_settings t on t.tenant_id = s.tenant_id
    where (s.id_sha256 = wanted or (s.previous_sha256 = wanted and s.previous_until > at_instant)) and s.expires_at > at_instant
      and s.last_seen_at > at_instant - make_interval(secs => least(idle_seconds, t.session_idle_minutes * 60))
      and (t.session_hours is null or s.created_at > at_instant - make_interval(hours => t.session_hours));
  if live.id_sha256 is null then return; end if;
  if live.subject is not null then
    select i.hosted_domain into domain from identity i
      where i.issuer = live.issuer and i.subject = live.subject and i.person_id = live.person_id;
    if not found then return; end if;
  end if;
  enters := entrance_problem(live.tenant_id, live.method, live.issuer, domain) is null;
  if live.last_seen_at < at_instant - interval '1 minute' then
    update session s set last_seen_at = at_instant where s.ref = live.ref;
    update membership m set last_seen_at = at_instant
      where enters and m.tenant_id = live.tenant_id and m.person_id = live.person_id;
  end if;
  return query
    select p.id, coalesce(m.name, p.name), o.tenant_id, o.tenant_name, o.role, o.email, live.method, live.issuer, live.subject, domain,
        live.ref, live.assured_at, live.factor_at,
        has_factor(p.id),
        coalesce(t.second_factor = 'everyone' or (t.second_factor = 'admins' and o.role in ('admin', 'owner')), false),
        case when live.id_sha256 = wanted then live.id_since end
      from person p
      left join memberships_of(p.id) o on o.tenant_id = live.tenant_id and enters
      left join membership m on m.tenant_id = o.tenant_id and m.person_id = p.id
      left join tenant_settings t on t.tenant_id = o.tenant_id
      where p.id = live.person_id;
end $$;

-- As before, also for whoever comes with the id before.
create or replace function open_session(new_id bytea, for_person uuid, in_tenant uuid, at_instant timestamptz, until timestamptz, replaces bytea,
    by_method text, by_issuer text, by_subject text, from_agent text, from_ip text, goes_on boolean)
  returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  domain text;
  old session;
begin
  if by_subject is not null then
    select i.hosted_domain into domain from identity i
      where i.issuer = by_issuer and i.subject = by_subject and i.person_id = for_person;
    if not found then raise exception 'This identity is not of that person' using errcode = 'insufficient_privilege'; end if;
  end if;
  if in_tenant is not null and not exists (select from memberships_of(for_person) o where o.tenant_id = in_tenant) then
    raise exception 'This person is no member of that tenant' using errcode = 'insufficient_privilege';
  end if;
  if in_tenant is not null and entrance_problem(in_tenant, by_method, by_issuer, domain) is not null then
    raise exception 'That tenant lets nobody in this way' using errcode = 'insufficient_privilege';
  end if;
  if goes_on then
    select s.* into old from session s
      where (s.id_sha256 = replaces or (s.previous_sha256 = replaces and s.previous_until > at_instant)) and s.person_id = for_person;
    if old.id_sha256 is null then raise exception 'There is no such session to go on' using errcode = 'insufficient_privilege'; end if;
  end if;
  delete from session where id_sha256 = replaces or previous_sha256 = replaces;
  delete from session where id_sha256 in
    (select s.id_sha256 from session s where s.expires_at <= at_instant order by s.expires_at limit 100 for update skip locked);
  insert into session (id_sha256, person_id, tenant_id, created_at, last_seen_at, expires_at, method, issuer, subject,
      user_agent, ip, assured_at, factor_at, id_since)
    values (new_id, for_person, in_tenant, coalesce(old.created_at, at_instant), at_instant, coalesce(old.expires_at, until),
      by_method, by_issuer, by_subject, from_agent, from_ip,
      case when goes_on then old.assured_at else at_instant end, old.factor_at, at_instant);
  update person set last_tenant_id = in_tenant where id = for_person and in_tenant is not null;
  update membership set last_seen_at = at_instant where tenant_id = in_tenant and person_id = for_person;
end $$;

-- After a proof: the session goes on under a new id, and no old one opens anything any more. False when it ended meanwhile.
create or replace function rotate_session(old_id bytea, new_id bytea, at_instant timestamptz, by_factor boolean) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update session s set id_sha256 = new_id, id_since = at_instant, previous_sha256 = null, previous_until = null, assured_at = at_instant,
      factor_at = case when by_factor then at_instant else s.factor_at end
    where (s.id_sha256 = old_id or (s.previous_sha256 = old_id and s.previous_until > at_instant)) and s.expires_at > at_instant;
  return found;
end $$;

-- While it is used: a new id, and the old one for as long as `grace` says. False for all but the first of those who ask at the same
-- time: they waited for its row and find that their id is the one before.
create function renew_session(old_id bytea, new_id bytea, at_instant timestamptz, grace interval) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update session s set id_sha256 = new_id, id_since = at_instant, previous_sha256 = old_id, previous_until = at_instant + grace
    where s.id_sha256 = old_id and s.expires_at > at_instant;
  return found;
end $$;

-- People as a PSA knows them: whom an admin may invite, and who can be chosen as a reviewer. Nobody is let in by standing here.
create table staff_record (
  tenant_id uuid not null references tenant (id),
  connection_id uuid not null,
  external_id text not null,
  -- How the PSA calls them in its own lists.
  identifier text not null,
  name text not null,
  -- Lower case; null where the PSA tells none.
  email text check (email = lower(email)),
  active boolean not null,
  refreshed_at timestamptz not null,
  primary key (tenant_id, connection_id, external_id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id) on delete cascade
);
create index staff_record_by_email on staff_record (tenant_id, email);
alter table staff_record enable row level security;
alter table staff_record force row level security;
create policy tenant_isolation on staff_record
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update, delete on staff_record to countersign_app;

-- As before, with the PSA's people.
create or replace function person_kept_columns() returns table (target text, named text, because text) language sql immutable as $$
  values
    ('invoice_revision', '*', 'What was invoiced: commercial and tax law ask for it unchanged.'),
    ('document', '*', 'What was invoiced: commercial and tax law ask for it unchanged.'),
    ('posting', 'sent_body', 'What was sent to a ledger, as sent.'),
    ('posting', 'sent_number', 'What was sent to a ledger, as sent.'),
    ('posting', 'vendor_words', 'What a ledger answered, as it answered.'),
    ('posting', 'vendor_code', 'What a ledger answered, as it answered.'),
    ('posting', 'link', 'An address at a vendor.'),
    ('posting', 'intent', 'What was to be written at a vendor.'),
    ('posting_batch', '*', 'Marks of requests, no person.'),
    ('settlement', '*', 'Payments as the ledger tells them.'),
    ('vendor_record', '*', 'Raw payloads go by themselves after the days set under Data.'),
    ('vendor_cache', '*', 'Lists of a vendor, read anew.'),
    ('sync_cursor', '*', 'Places in a vendor’s lists.'),
    ('invoice', 'number', 'Names the invoice.'),
    ('invoice', 'customer_name', 'The client who is billed.'),
    ('invoice', 'search', 'The client who is billed.'),
    ('customer', 'name', 'The client who is billed.'),
    ('legal_hold', 'subject_label', 'The client or invoice under hold.'),
    ('membership', '*', 'Rows of other people, who may share a name.'),
    ('invitation', 'name', 'Rows of other people, who may share a name.'),
    ('brand', '*', 'What the company prints about itself.'),
    ('tenant_settings', 'name', 'The company itself.'),
    ('connection', 'label', 'A name for an account at a vendor.'),
    ('connection', 'external_account_id', 'An id at a vendor.'),
    ('connection', 'api_address', 'An address at a vendor.'),
    ('connection', 'sealed_credentials', 'Sealed.'),
    ('pending_grant', '*', 'Sealed, and gone after minutes.'),
    ('location', '*', 'Places of the PSA.'),
    ('staff_record', '*', 'People as the PSA lists them, read anew: gone here when they are gone there.'),
    ('external_ref', '*', 'Ids at a vendor.'),
    ('purged_invoice', '*', 'Ids at a vendor.'),
    ('tenant_key', '*', 'Sealed.'),
    ('lease', '*', 'Work of this second.'),
    ('pace', '*', 'Work of this second.'),
    ('request_in_flight', '*', 'Work of this second.'),
    ('erasure_certificate', '*', 'Says what was erased, without the name.'),
    ('audit_event', '*', 'Made anonymous by a function of its own, which keeps the chain whole.')
$$;

do $$
declare signature text;
begin
  foreach signature in array array[
    'resolve_session(bytea, timestamptz, integer)',
    'renew_session(bytea, bytea, timestamptz, interval)'
  ] loop
    execute format('alter function %s owner to countersign_definer', signature);
    execute format('revoke execute on function %s from public', signature);
    execute format('grant execute on function %s to countersign_app', signature);
  end loop;
end $$;
