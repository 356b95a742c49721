-- Evidence that cannot be rewritten unseen. Each event of a tenant is sealed into a chain of hashes a few seconds after it was
-- written; what is personal in it is covered by salted commitments, so that it can be erased and the chain still holds.

-- Derived from the action, so that nobody can file an event under the wrong heading.
alter table audit_event add column category text not null generated always as (
  case when action ~ '^(session|security|member|api_key|identity|support|key|audit|person|passkey|factor)\.'
         or action in ('connection.connected', 'connection.reconnected', 'connection.disconnected', 'connection.grant_expired')
       then 'security' else 'business' end) stored;
create index audit_event_category on audit_event (tenant_id, category, at desc);
create index audit_event_actor on audit_event (tenant_id, actor_id, at desc);

-- Events without a seal. Written with the event itself, so that one whose transaction commits late is found late and never passed over.
create table audit_unsealed (
  tenant_id uuid not null references tenant (id),
  at timestamptz not null,
  id uuid not null,
  queued_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, at, id)
);
-- What was written before there were seals gets one, too. A plain owner sees no row under FORCE.
alter table audit_event no force row level security;
insert into audit_unsealed (tenant_id, at, id) select tenant_id, at, id from audit_event;
alter table audit_event force row level security;
alter table audit_unsealed enable row level security;
alter table audit_unsealed force row level security;
create policy tenant_isolation on audit_unsealed using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, delete on audit_unsealed to countersign_app;
grant select, insert, delete on audit_unsealed to countersign_keeper;
-- Which tenants have something to seal, and for how long it has been waiting.
create policy scheduler_sees_waiting on audit_unsealed for select to countersign_scheduler using (true);
grant select (tenant_id, queued_at) on audit_unsealed to countersign_scheduler;

create function queue_for_seal() returns trigger language plpgsql as $$
begin
  insert into audit_unsealed (tenant_id, at, id) values (new.tenant_id, new.at, new.id);
  return null;
end $$;
create trigger audit_event_waits_for_seal after insert on audit_event for each row execute function queue_for_seal();

-- The head of each tenant's chain. Its row is what sealers lock, so that one works at a time, whatever their number.
create table audit_chain (
  tenant_id uuid primary key references tenant (id),
  sequence bigint not null default 0 check (sequence >= 0),
  hash bytea not null check (length(hash) = 32),
  sealed_at timestamptz,
  -- What the last walk over the chain found: nothing, or the first broken link in words.
  verified_at timestamptz,
  verified_through bigint,
  problem text
);
alter table audit_chain enable row level security;
alter table audit_chain force row level security;
create policy tenant_isolation on audit_chain using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on audit_chain to countersign_app;
grant select, update, delete on audit_chain to countersign_keeper;
-- The heads that are carried out of the database every day.
create policy scheduler_sees_heads on audit_chain for select to countersign_scheduler using (true);
grant select (tenant_id, sequence, hash, sealed_at, verified_at, problem) on audit_chain to countersign_scheduler;

-- One link. The hash covers the tenant, the place, the link before, the plain facts of the event and the commitments; the salts
-- do not stand under it, and with its salt a personal value loses the last way to guess it from its commitment.
create table audit_seal (
  tenant_id uuid not null references tenant (id),
  sequence bigint not null check (sequence > 0),
  event_at timestamptz not null,
  event_id uuid not null,
  commitments jsonb not null,
  salts jsonb not null,
  previous bytea not null check (length(previous) = 32),
  hash bytea not null check (length(hash) = 32),
  sealed_at timestamptz not null,
  primary key (tenant_id, sequence),
  unique (tenant_id, event_id)
);
alter table audit_seal enable row level security;
alter table audit_seal force row level security;
create policy tenant_isolation on audit_seal using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert on audit_seal to countersign_app;
grant select, delete, update (salts) on audit_seal to countersign_keeper;

-- Where the chain begins after retention has taken what was before. Backed by a sealed event of the same content.
create table audit_checkpoint (
  tenant_id uuid not null references tenant (id),
  sequence bigint not null,
  hash bytea not null check (length(hash) = 32),
  events bigint not null,
  noted_as uuid not null,
  made_at timestamptz not null,
  primary key (tenant_id, sequence)
);
alter table audit_checkpoint enable row level security;
alter table audit_checkpoint force row level security;
create policy tenant_isolation on audit_checkpoint using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select on audit_checkpoint to countersign_app;
grant select, insert, delete on audit_checkpoint to countersign_keeper;

-- Only the keeper's functions below change an event, and they leave a trace of it.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if current_user = 'countersign_keeper' then
    return case when tg_op = 'DELETE' then old else new end;
  end if;
  raise exception '% rows are evidence and are never changed', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger audit_seal_is_evidence before update or delete on audit_seal for each row execute function refuse_change();
create trigger audit_checkpoint_is_evidence before update or delete on audit_checkpoint for each row execute function refuse_change();

-- The tenant of the transaction, which is the only one that the functions below touch.
create function audit_home() returns uuid language plpgsql stable as $$
declare home uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
begin
  if home is null then raise exception 'No tenant is named in this transaction' using errcode = 'insufficient_privilege'; end if;
  return home;
end $$;
grant execute on function audit_home() to countersign_keeper;

-- A pattern for a text where it is nobody else's: `ann@x.example` stands neither in `joann@x.example` nor in `ann@x.example.org`.
create function standing_alone(known text) returns text language sql immutable parallel safe as $$
  select '(?<![[:alnum:]_.+%-])' || regexp_replace(btrim(known), '([][\\.*+?^${}()|])', '\\\1', 'g') || '(?!\.?[[:alnum:]_-])'
$$;

-- Whether any text in the value is one of these, or holds one of them that is an e-mail address or a name of several words.
create function audit_mentions(value jsonb, known text[]) returns boolean language sql immutable parallel safe as $$
  select exists (
    select from jsonb_path_query(value, '$.**') found cross join unnest(known) k
      where jsonb_typeof(found) = 'string' and btrim(k) <> ''
        and (lower(btrim(found #>> '{}')) = lower(btrim(k)) or (btrim(k) ~ '[@ ]' and found #>> '{}' ~* standing_alone(k))))
$$;

-- The parts of `before` or `after` that have a commitment each: its fields; something that is no object is one part.
create function audit_parts(side text, content jsonb) returns table (part text, field text, value jsonb) language sql immutable parallel safe as $$
  select side || '.' || f.key, f.key, f.value from jsonb_each(case when jsonb_typeof(content) = 'object' then content end) f
  union all
  select side, null, content where jsonb_typeof(content) <> 'object'
$$;

-- Erases what the tenant's audit says of a person: name and address as an actor, and every field that holds one of the known
-- texts (names, e-mail addresses). Commitments stay, salts go. Returns how many parts, or null when events still wait for
-- their seal: seal first, or an erased value would never have had a commitment.
create function audit_forget_person(wanted_person uuid, known text[], noted_as uuid, at_instant timestamptz) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  home uuid := audit_home();
  event record;
  piece record;
  own boolean;
  erased jsonb;
  new_before jsonb;
  new_after jsonb;
  parts integer := 0;
  events integer := 0;
begin
  perform from audit_chain c where c.tenant_id = home for update;
  if exists (select from audit_unsealed u where u.tenant_id = home) then return null; end if;
  for event in
    select e.at, e.id, e.actor_kind, e.actor_id, e.subject_kind, e.subject_id, e.before, e.after, s.sequence, s.salts
      from audit_event e join audit_seal s on s.tenant_id = home and s.event_id = e.id
      where e.tenant_id = home
        and ((e.actor_kind = 'person' and e.actor_id = wanted_person::text) or (e.subject_kind = 'person' and e.subject_id = wanted_person::text)
          or audit_mentions(e.before, known) or audit_mentions(e.after, known))
      order by s.sequence
  loop
    own := event.actor_kind = 'person' and event.actor_id = wanted_person::text;
    erased := '{}';
    new_before := event.before;
    new_after := event.after;
    if own then erased := jsonb_build_object('actor', noted_as, 'source', noted_as); end if;
    for piece in select p.*, 'before' as side from audit_parts('before', event.before) p
      union all select p.*, 'after' from audit_parts('after', event.after) p
    loop
      continue when not (audit_mentions(piece.value, known)
        or (event.subject_kind = 'person' and event.subject_id = wanted_person::text and piece.field in ('email', 'name', 'label', 'address', 'phone')));
      erased := erased || jsonb_build_object(piece.part, noted_as);
      if piece.side = 'before' then
        new_before := case when piece.field is null then '"Erased"' else jsonb_set(new_before, array[piece.field], '"Erased"') end;
      else
        new_after := case when piece.field is null then '"Erased"' else jsonb_set(new_after, array[piece.field], '"Erased"') end;
      end if;
    end loop;
    -- What an earlier erasure took stays under that one's name.
    select coalesce(jsonb_object_agg(key, jsonb_build_object('erasedBy', value)), '{}') into erased from jsonb_each(erased)
      where jsonb_typeof(event.salts -> key) = 'string';
    continue when erased = '{}';
    update audit_event e
      set actor_label = case when own then 'Erased' else e.actor_label end, source_ip = case when own then null else e.source_ip end,
          before = new_before, after = new_after
      where e.tenant_id = home and e.at = event.at and e.id = event.id;
    update audit_seal s set salts = s.salts || erased where s.tenant_id = home and s.sequence = event.sequence;
    parts := parts + (select count(*) from jsonb_object_keys(erased));
    events := events + 1;
  end loop;
  insert into audit_event (tenant_id, id, at, actor_kind, actor_id, actor_label, action, subject_kind, subject_id, after)
    values (home, noted_as, at_instant, 'system', 'countersign', 'Countersign', 'audit.person_forgotten', 'person', wanted_person::text,
            jsonb_build_object('events', events, 'parts', parts));
  return parts;
end $$;

-- Removes for good what the chain begins with and is older than the tenant keeps, `most` links at a time, and notes where the
-- rest begins. Returns how many events went. Nothing younger than 30 days ever goes.
create function audit_expire(older_than timestamptz, most integer, noted_as uuid, at_instant timestamptz) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  home uuid := audit_home();
  first bigint;
  through bigint;
  last_hash bytea;
  gone integer;
begin
  if older_than is null or older_than > now() - interval '30 days' then
    raise exception 'Evidence younger than 30 days is kept' using errcode = 'insufficient_privilege';
  end if;
  perform from audit_chain c where c.tenant_id = home for update;
  select s.sequence into first from audit_seal s where s.tenant_id = home order by s.sequence limit 1;
  select s.sequence - 1 into through from audit_seal s where s.tenant_id = home and s.event_at >= older_than order by s.sequence limit 1;
  if not found then select max(s.sequence) into through from audit_seal s where s.tenant_id = home; end if;
  through := least(through, first + greatest(most, 1) - 1);
  if first is null or through < first then return 0; end if;
  select s.hash into last_hash from audit_seal s where s.tenant_id = home and s.sequence = through;
  delete from audit_event e using audit_seal s
    where s.tenant_id = home and s.sequence <= through and e.tenant_id = home and e.at = s.event_at and e.id = s.event_id;
  get diagnostics gone = row_count;
  delete from audit_seal s where s.tenant_id = home and s.sequence <= through;
  insert into audit_checkpoint (tenant_id, sequence, hash, events, noted_as, made_at)
    values (home, through, last_hash, gone, noted_as, at_instant);
  insert into audit_event (tenant_id, id, at, actor_kind, actor_id, actor_label, action, subject_kind, subject_id, after)
    values (home, noted_as, at_instant, 'system', 'countersign', 'Countersign', 'audit.expired', 'tenant', home::text,
            jsonb_build_object('through', through, 'hash', encode(last_hash, 'hex'), 'events', gone, 'olderThan', older_than));
  return gone;
end $$;

-- Removes the whole audit of a tenant that is marked as deleted. Returns the last head, for the certificate.
create function audit_close() returns table (sequence bigint, hash bytea)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  home uuid := audit_home();
begin
  if not exists (select from tenant t where t.id = home and t.deleted_at is not null) then
    raise exception 'Only the audit of a deleted tenant is removed' using errcode = 'insufficient_privilege';
  end if;
  return query select c.sequence, c.hash from audit_chain c where c.tenant_id = home for update;
  delete from audit_unsealed u where u.tenant_id = home;
  delete from audit_event e where e.tenant_id = home;
  delete from audit_seal s where s.tenant_id = home;
  delete from audit_checkpoint p where p.tenant_id = home;
  delete from audit_chain c where c.tenant_id = home;
end $$;
grant select (id, deleted_at) on tenant to countersign_keeper;

-- Months ahead of now for which events have a place. Made apart and then attached, which lets writers go on; a moment too busy
-- for that is left for the next day. Returns how many are new.
create function audit_make_partitions(months integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  month date := date_trunc('month', now());
  name text;
  made integer := 0;
begin
  perform set_config('lock_timeout', '3s', true);
  perform pg_advisory_xact_lock(4207712);
  while month <= now() + make_interval(months => least(months, 240)) loop
    name := 'audit_event_' || to_char(month, 'YYYYMM');
    if to_regclass('public.' || name) is null then
      execute format('create table %I (like audit_event including defaults including constraints including generated)', name);
      execute format('alter table %I enable row level security', name);
      execute format('alter table %I force row level security', name);
      execute format('create policy tenant_isolation on %I using (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) with check (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', name);
      execute format('alter table audit_event attach partition %I for values from (%L) to (%L)', name, month, (month + interval '1 month')::date);
      made := made + 1;
    end if;
    month := month + interval '1 month';
  end loop;
  return made;
end $$;

grant usage, create on schema public to countersign_keeper;
-- Only the owner of a table can give it another partition. Row level security is forced on this owner as on everybody.
grant select, insert, update (actor_label, source_ip, before, after), delete on audit_event to countersign_keeper;
alter table audit_event owner to countersign_keeper;
do $$
declare signature text;
begin
  foreach signature in array array[
    'audit_forget_person(uuid, text[], uuid, timestamptz)',
    'audit_expire(timestamptz, integer, uuid, timestamptz)',
    'audit_close()',
    'audit_make_partitions(integer)'
  ] loop
    execute format('alter function %s owner to countersign_keeper', signature);
    execute format('revoke execute on function %s from public', signature);
    execute format('grant execute on function %s to countersign_app', signature);
  end loop;
end $$;
