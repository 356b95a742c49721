-- Where a person's name stays although the person is erased, each with the rule under which it is kept.
create function person_kept_columns() returns table (target text, named text, because text) language sql immutable as $$
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
    ('external_ref', '*', 'Ids at a vendor.'),
    ('purged_invoice', '*', 'Ids at a vendor.'),
    ('tenant_key', '*', 'Sealed.'),
    ('lease', '*', 'Work of this second.'),
    ('pace', '*', 'Work of this second.'),
    ('request_in_flight', '*', 'Work of this second.'),
    ('erasure_certificate', '*', 'Says what was erased, without the name.'),
    ('audit_event', '*', 'Made anonymous by a function of its own, which keeps the chain whole.')
$$;

-- Columns that may hold a name or an address, of every table of tenants: whatever is text or JSON, unless it is kept by the list
-- above, decides by a fixed set of words, or is part of a key that other rows refer to.
create function person_columns() returns table (target text, named text, kind text) language sql stable as $$
  select c.relname::text, a.attname::text, format_type(a.atttypid, null)
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity
      and format_type(a.atttypid, null) in ('text', 'jsonb')
      and c.relname not like 'audit%'
      and not exists (select from person_kept_columns() k where k.target = c.relname and k.named in ('*', a.attname))
      and not exists (select from pg_constraint p where p.conrelid = c.oid and p.contype = 'p' and a.attnum = any(p.conkey))
      and not exists (select from pg_constraint p where p.conrelid = c.oid and p.contype = 'c' and p.conkey = array[a.attnum]
        and pg_get_constraintdef(p.oid) ~ '= ANY')
    order by 1, 2
$$;

-- Makes a person of this tenant unknown: what lets them in goes, and wherever one of the known texts (names, addresses, their id)
-- stands, the pseudonym takes its place. What a hold covers stays. Answers rows by table, and by 'table.column' for pseudonyms.
create function erase_person(wanted uuid, known text[], pseudonym text, address text) returns jsonb
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  here constant uuid := current_tenant();
  counts jsonb := '{}';
  gone bigint;
  one record;
  pattern text;
  value text;
  position integer := 0;
  held uuid[];
  guard text;
begin
  if here is null then raise exception 'No tenant is set' using errcode = 'insufficient_privilege'; end if;
  perform pg_advisory_xact_lock(hashtextextended('legal hold ' || here, 0));
  delete from credential_lookup c using invitation v where c.tenant_id = here and c.kind = 'invitation' and v.tenant_id = here and v.id = c.row_id
    and (v.email = any(known) or v.accepted_by = wanted);
  for one in
    select 'invitation' as target, 't.email = any($2) or t.accepted_by = $3' as condition
    union all select 'outgoing_email', 't.recipient = any($2)'
    union all select 'email_code', 't.address = any($2)'
    union all select 'session', 't.person_id = $3'
    union all
      -- Whatever is a person's own in this tenant: membership, what they have seen, and what later versions add.
      select c.relname, 't.person_id = $3' from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'person_id' and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity
  loop
    execute format('delete from %I t where t.tenant_id = $1 and (%s)', one.target, one.condition) using here, known, wanted;
    get diagnostics gone = row_count;
    if gone > 0 then counts := counts || jsonb_build_object(one.target, gone); end if;
  end loop;
  if tenant_is_held() then return counts; end if;
  held := array(select held_invoices());
  foreach value in array known loop
    position := position + 1;
    continue when btrim(value) = '';
    pattern := standing_alone(value);
    -- A single word may be part of any sentence: only where it is the whole text.
    if value !~ '[@ ]' then pattern := '^\s*' || pattern || '\s*$'; end if;
    for one in select p.*, t.condition from person_columns() p left join tables_of_invoices() t on t.target = p.target loop
      guard := case when one.condition is null then 'true' else format('not (%s)', one.condition) end;
      if one.kind = 'text' then
        execute format('update %1$I t set %2$I = regexp_replace(t.%2$I, $3, $4, ''gi'') where t.tenant_id = $1 and t.%2$I ~* $3 and %3$s',
          one.target, one.named, guard)
          using here, held, pattern, case when value like '%@%' then replace(address, '@', case when position > 1 then '-' || position else '' end || '@') else pseudonym end;
      else
        execute format('update %1$I t set %2$I = regexp_replace(t.%2$I::text, $3, $4, ''gi'')::jsonb where t.tenant_id = $1 and t.%2$I::text ~* $3 and %3$s',
          one.target, one.named, guard)
          using here, held, '"' || regexp_replace(trim(both '"' from to_json(btrim(value))::text), '([][\\.*+?^${}()|])', '\\\1', 'g') || '"',
            to_json(case when value like '%@%' then address else pseudonym end)::text;
      end if;
      get diagnostics gone = row_count;
      if gone > 0 then
        counts := counts || jsonb_build_object(one.target || '.' || one.named, gone + coalesce((counts ->> (one.target || '.' || one.named))::bigint, 0));
      end if;
    end loop;
  end loop;
  return counts;
end $$;

-- Takes a person who belongs to no tenant any more out of the installation: identities, sessions, factors and the name. Answers
-- 'member' for somebody who still belongs to one, 'erased', or 'anonymous' where another tenant's accepted invitation names the row.
create function forget_person(wanted uuid) returns text language plpgsql security definer set search_path = public, pg_temp as $$
declare one record;
begin
  if exists (select from membership m where m.person_id = wanted) then return 'member'; end if;
  for one in
    select c.conrelid::regclass as target, a.attname as named from pg_constraint c join pg_class t on t.oid = c.conrelid and not t.relrowsecurity
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      where c.contype = 'f' and c.confrelid = 'person'::regclass
  loop
    execute format('delete from %s where %I = $1', one.target, one.named) using wanted;
  end loop;
  if exists (select from invitation v where v.accepted_by = wanted) then
    update person set name = 'Former member', last_tenant_id = null where id = wanted;
    return 'anonymous';
  end if;
  delete from person where id = wanted;
  return 'erased';
end $$;
grant delete on person, identity to countersign_definer;
grant select (accepted_by) on invitation to countersign_definer;
alter function forget_person(uuid) owner to countersign_definer;

-- Tables of tenants, those first to which no other one refers any more. Keys that are checked at commit do not count.
create function tenant_tables_in_order() returns setof text language plpgsql stable as $$
declare
  waiting text[];
  ready text[];
begin
  waiting := array(select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity order by 1);
  while cardinality(waiting) > 0 loop
    ready := array(select w from unnest(waiting) w where not exists (
      select from pg_constraint c where c.contype = 'f' and c.confrelid = w::regclass and c.conrelid <> c.confrelid and not c.condeferrable
        and c.conrelid::regclass::text = any(waiting)));
    if cardinality(ready) = 0 then raise exception 'The tables of tenants refer to each other in a circle: %', waiting; end if;
    return query select r from unnest(ready) r order by r;
    waiting := array(select w from unnest(waiting) w where w <> all(ready));
  end loop;
end $$;

-- Where nobody is let in any more: from here on there is no way back. Only after its time, and never under a hold.
create function begin_tenant_erasure(at_instant timestamptz) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare here constant uuid := current_tenant();
begin
  perform pg_advisory_xact_lock(hashtextextended('legal hold ' || here, 0));
  if exists (select from legal_hold h where h.tenant_id = here and h.lifted_at is null) then return false; end if;
  update tenant_erasure e set state = 'erasing' where e.tenant_id = here and e.state = 'waiting' and e.not_before <= at_instant;
  if not exists (select from tenant_erasure e where e.tenant_id = here and e.state = 'erasing') then return false; end if;
  update tenant t set deleted_at = coalesce(t.deleted_at, at_instant) where t.id = here;
  delete from session s where s.tenant_id = here;
  delete from credential_lookup c where c.tenant_id = here;
  return true;
end $$;

create function assert_tenant_is_deleted() returns uuid language plpgsql stable as $$
declare here constant uuid := current_tenant();
begin
  if here is null or not exists (select from tenant t where t.id = here and t.deleted_at is not null) then
    raise exception 'Only a deleted tenant is erased' using errcode = 'insufficient_privilege';
  end if;
  return here;
end $$;

-- One batch of a deleted tenant's rows. Answers rows by table; '{}' when nothing is left but the people and what drives the erasure.
create function erase_tenant_batch(batch integer) returns jsonb language plpgsql security definer set search_path = public, pg_temp as $$
declare
  here constant uuid := assert_tenant_is_deleted();
  chosen uuid[];
  gone bigint;
  one text;
begin
  chosen := array(select i.id from invoice i where i.tenant_id = here limit batch);
  if cardinality(chosen) > 0 then return delete_invoices(chosen); end if;
  for one in select t from tenant_tables_in_order() t where t not in ('membership', 'tenant_erasure', 'tenant_task', 'tenant_settings', 'lease') and t not like 'audit%' loop
    execute format('delete from %1$I d where d.tenant_id = $1 and d.ctid = any(array(select t.ctid from %1$I t where t.tenant_id = $1 limit $2))', one)
      using here, batch;
    get diagnostics gone = row_count;
    if gone > 0 then return jsonb_build_object(one, gone); end if;
  end loop;
  return '{}';
end $$;

-- The last step, in one transaction: the rest goes, the certificate stands. Fails as long as any row is left, and is tried again.
create function finish_tenant_erasure(certificate uuid, wording jsonb, print text, signed text, at_instant timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  here constant uuid := assert_tenant_is_deleted();
  one text;
  is_left boolean;
begin
  delete from tenant_erasure e where e.tenant_id = here;
  delete from tenant_task k where k.tenant_id = here;
  delete from tenant_settings s where s.tenant_id = here;
  delete from lease l where l.tenant_id = here;
  delete from connection_route r where r.tenant_id = here;
  delete from session s where s.tenant_id = here;
  delete from credential_lookup c where c.tenant_id = here;
  update person p set last_tenant_id = null where p.last_tenant_id = here;
  for one in select t from tenant_tables_in_order() t loop
    execute format('select exists (select from %I t where t.tenant_id = $1)', one) using here into is_left;
    if is_left then raise exception 'The tenant still has rows in %', one; end if;
  end loop;
  delete from tenant t where t.id = here;
  insert into tenant_certificate (id, tenant_id, body, sha256, signature, issued_at) values (certificate, here, wording, print, signed, at_instant);
end $$;
grant select (id, deleted_at), update (deleted_at), delete on tenant to countersign_keeper;
grant select (last_tenant_id), update (last_tenant_id) on person to countersign_keeper;
grant select (tenant_id), delete on connection_route to countersign_keeper;
grant select, insert on tenant_certificate to countersign_keeper;

-- Whoever was given the address of a certificate may read it.
create function tenant_certificate_of(wanted uuid) returns table (body jsonb, sha256 text, signature text, issued_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select c.body, c.sha256, c.signature, c.issued_at from tenant_certificate c where c.id = wanted $$;

do $$
declare signature text;
begin
  foreach signature in array array[
    'erase_person(uuid, text[], text, text)',
    'begin_tenant_erasure(timestamptz)',
    'erase_tenant_batch(integer)',
    'finish_tenant_erasure(uuid, jsonb, text, text, timestamptz)',
    'tenant_certificate_of(uuid)'
  ] loop
    execute format('alter function %s owner to countersign_keeper', signature);
  end loop;
  foreach signature in array array[
    'erase_person(uuid, text[], text, text)',
    'forget_person(uuid)',
    'begin_tenant_erasure(timestamptz)',
    'erase_tenant_batch(integer)',
    'finish_tenant_erasure(uuid, jsonb, text, text, timestamptz)',
    'tenant_certificate_of(uuid)'
  ] loop
    execute format('revoke execute on function %s from public', signature);
    execute format('grant execute on function %s to countersign_app', signature);
  end loop;
end $$;
