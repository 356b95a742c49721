-- What an invitation already decides about the person who accepts it.
alter table invitation add column limits jsonb not null default '{}';

-- What a key may do: null scopes, of keys made before there were scopes, are all of its role but never a dangerous action.
alter table api_key
  add column scopes text[],
  add column limits jsonb not null default '{}',
  -- On whose rights the key lives; null for one that an operator made.
  add column creator_id uuid references person (id),
  add column last_used_from text;
create index api_key_of_creator on api_key (tenant_id, creator_id) where creator_id is not null;

grant select (scopes, limits, creator_id), update (last_used_from) on api_key to countersign_definer;

-- Asked with every request of a session, right behind resolve_session.
create function membership_limits(of_person uuid, in_tenant uuid) returns jsonb
  language sql stable security definer set search_path = public, pg_temp
  as $$ select m.limits from membership m where m.tenant_id = in_tenant and m.person_id = of_person $$;

-- The key, and what its creator may do now: no row of a creator who is no member any more.
drop function resolve_api_key(bytea, timestamptz);
create function resolve_api_key(wanted bytea, at_instant timestamptz, from_ip text)
  returns table (tenant_id uuid, api_key_id uuid, name text, role text, scopes text[], limits jsonb, creator_id uuid, creator_role text, creator_limits jsonb)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare live record;
begin
  select k.tenant_id, k.id, k.name, k.role, k.scopes, k.limits, k.creator_id, k.last_used_at, m.role as creator_role, m.limits as creator_limits
    into live
    from credential_lookup c
    join api_key k on k.tenant_id = c.tenant_id and k.id = c.row_id
    join tenant t on t.id = k.tenant_id and t.deleted_at is null
    left join membership m on m.tenant_id = k.tenant_id and m.person_id = k.creator_id
    where c.kind = 'api_key' and c.sha256 = wanted and k.revoked_at is null and (k.expires_at is null or k.expires_at > at_instant);
  if live.id is null then return; end if;
  if live.last_used_at is null or live.last_used_at < at_instant - interval '1 minute' then
    update api_key k set last_used_at = at_instant, last_used_from = from_ip where k.tenant_id = live.tenant_id and k.id = live.id;
  end if;
  return query select live.tenant_id, live.id, live.name, live.role, live.scopes, live.limits, live.creator_id, live.creator_role, live.creator_limits;
end $$;

do $$
declare signature text;
begin
  foreach signature in array array['membership_limits(uuid, uuid)', 'resolve_api_key(bytea, timestamptz, text)'] loop
    execute format('alter function %s owner to countersign_definer', signature);
    execute format('revoke execute on function %s from public', signature);
    execute format('grant execute on function %s to countersign_app', signature);
  end loop;
end $$;

-- Limited callers work as a role of their own, countersign_limited: nobody else pays for planning the policies below. Its rights
-- are the app's, no more and no less. The migrator calls this last, so that neither a later migration nor the queue can forget it.
create function rights_of(who regrole) returns table (what text, which text) language sql stable as $$
  with given (what, list) as (
    select format('schema %I', nspname), nspacl from pg_namespace
    union all select format('%s %s', case relkind when 'S' then 'sequence' else 'table' end, oid::regclass), relacl from pg_class
    union all select format('routine %s', oid::regprocedure), proacl from pg_proc
  )
  select what, privilege_type from given, aclexplode(list) where grantee = who
  union all
  select format('table %s', attrelid::regclass), format('%s (%I)', privilege_type, attname) from pg_attribute, aclexplode(attacl)
    where grantee = who and not attisdropped
$$;
create function grant_limited() returns void language plpgsql as $$
declare one record;
begin
  -- First: what is taken from a whole table is taken from its columns as well, and is given again below.
  for one in select * from rights_of('countersign_limited') except select * from rights_of('countersign_app') loop
    execute format('revoke %s on %s from countersign_limited', one.which, one.what);
  end loop;
  for one in select * from rights_of('countersign_app') except select * from rights_of('countersign_limited') loop
    execute format('grant %s on %s to countersign_limited', one.which, one.what);
  end loop;
end $$;
revoke execute on function rights_of(regrole), grant_limited() from public;

-- Which invoices the caller of this transaction may know of, in `app.scope`: {"customers": [ids], "locations": ["connection/id"]};
-- an empty list narrows nothing, and without a scope the role knows nothing.
create function caller_knows_invoice(of_customer uuid, of_connection uuid, at_location text) returns boolean
  language plpgsql stable parallel safe as $$
declare scope constant jsonb := nullif(current_setting('app.scope', true), '')::jsonb;
begin
  return (scope -> 'customers' = '[]' or scope -> 'customers' ? of_customer::text)
    and (scope -> 'locations' = '[]' or scope -> 'locations' ? (of_connection || '/' || at_location));
end $$;

-- All of these read `invoice` as the caller, under its policies: what is hidden there hides what hangs on it.
create function caller_knows(wanted uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return exists (select from invoice i where i.tenant_id = current_tenant() and i.id = wanted);
end $$;
create function caller_knows_record(of_connection uuid, wanted text) returns boolean language plpgsql stable parallel safe as $$
begin
  return exists (select from invoice i where i.tenant_id = current_tenant() and i.connection_id = of_connection and i.external_id = wanted);
end $$;
create function caller_knows_customer(wanted uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return exists (select from invoice i where i.tenant_id = current_tenant() and i.customer_id = wanted);
end $$;
create function caller_knows_bytes(wanted text) returns boolean language plpgsql stable parallel safe as $$
begin
  return exists (select from document d where d.tenant_id = current_tenant() and d.sha256 = wanted);
end $$;
-- Of what is recorded, that which is about invoices; all else tells nothing of a customer.
create function caller_knows_subject(kind text, wanted text) returns boolean language plpgsql stable parallel safe as $$
begin
  return case kind
    when 'invoice' then caller_knows(wanted::uuid)
    when 'posting' then exists (select from posting p where p.tenant_id = current_tenant() and p.id = wanted::uuid)
    when 'customer' then caller_knows_customer(wanted::uuid)
    else true
  end;
end $$;

create policy caller_scope on invoice as restrictive to countersign_limited
  using (caller_knows_invoice(customer_id, connection_id, location_external_id));

do $$
declare hanging text;
begin
  foreach hanging in array array[
    'invoice_revision', 'flag', 'reviewer', 'invoice_view', 'document', 'approval', 'rejection', 'posting', 'settlement'
  ] loop
    execute format('create policy caller_scope on %I as restrictive to countersign_limited using (caller_knows(invoice_id))', hanging);
  end loop;
end $$;

create policy caller_scope on vendor_record as restrictive to countersign_limited using (caller_knows_record(connection_id, external_id));
create policy caller_scope on customer as restrictive to countersign_limited using (caller_knows_customer(id));
-- Reading only: what a limited person makes is stored before the row that leads to it, and what they did is always recorded.
create policy caller_scope on document_bytes as restrictive for select to countersign_limited using (caller_knows_bytes(sha256));
create policy caller_scope on audit_event as restrictive for select to countersign_limited
  using (caller_knows_subject(subject_kind, subject_id));
