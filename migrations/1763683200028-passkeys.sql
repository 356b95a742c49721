-- Passkeys: a second factor of a person, in all their tenants, beside the authenticator. The private key never leaves their device.
create table passkey (
  credential_id text primary key check (length(credential_id) <= 2000),
  person_id uuid not null references person (id) on delete cascade,
  name text not null check (length(name) between 1 and 100),
  public_key bytea not null,
  -- Of those authenticators that count; 0 for the many that do not.
  counter bigint not null,
  transports text[] not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkey_of_person on passkey (person_id);
-- A challenge that was answered, until the cookie that carries it is long dead: an answer that is sent again is refused.
create table spent_challenge (
  person_id uuid not null references person (id) on delete cascade,
  challenge text not null check (length(challenge) <= 200),
  at timestamptz not null,
  primary key (person_id, challenge)
);
grant select, insert, update, delete on passkey to countersign_definer;
grant select, insert, delete on spent_challenge to countersign_definer;

alter table outgoing_email drop constraint outgoing_email_kind_check;
alter table outgoing_email add check (kind in ('sign_in_code', 'invitation', 'factor_news')),
  -- What happened to a factor.
  add column news text,
  add check ((kind = 'factor_news') = (news is not null));

create index session_by_expiry on session (expires_at);

create function has_factor(wanted_person uuid) returns boolean
  language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from authenticator a where a.person_id = wanted_person and a.confirmed_at is not null)
    or exists (select from passkey k where k.person_id = wanted_person)
$$;

-- As before, with passkeys among the factors.
create or replace function resolve_session(wanted bytea, at_instant timestamptz, idle_seconds integer)
  returns table (person_id uuid, person_name text, tenant_id uuid, tenant_name text, role text, email text,
    method text, issuer text, subject text, hosted_domain text,
    ref uuid, assured_at timestamptz, factor_at timestamptz, has_factor boolean, factor_demanded boolean)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  live session;
  domain text;
  enters boolean;
begin
  select s.* into live from session s
    left join tenant_settings t on t.tenant_id = s.tenant_id
    where s.id_sha256 = wanted and s.expires_at > at_instant
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
    update session s set last_seen_at = at_instant where s.id_sha256 = wanted;
    update membership m set last_seen_at = at_instant
      where enters and m.tenant_id = live.tenant_id and m.person_id = live.person_id;
  end if;
  return query
    select p.id, coalesce(m.name, p.name), o.tenant_id, o.tenant_name, o.role, o.email, live.method, live.issuer, live.subject, domain,
        live.ref, live.assured_at, live.factor_at,
        has_factor(p.id),
        coalesce(t.second_factor = 'everyone' or (t.second_factor = 'admins' and o.role in ('admin', 'owner')), false)
      from person p
      left join memberships_of(p.id) o on o.tenant_id = live.tenant_id and enters
      left join membership m on m.tenant_id = o.tenant_id and m.person_id = p.id
      left join tenant_settings t on t.tenant_id = o.tenant_id
      where p.id = live.person_id;
end $$;

-- As before, and clears away what has expired of anybody, so that no address and no browser of somebody who stays away is kept.
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
    select s.* into old from session s where s.id_sha256 = replaces and s.person_id = for_person;
    if old.id_sha256 is null then raise exception 'There is no such session to go on' using errcode = 'insufficient_privilege'; end if;
  end if;
  delete from session where id_sha256 = replaces;
  delete from session where id_sha256 in
    (select s.id_sha256 from session s where s.expires_at <= at_instant order by s.expires_at limit 100 for update skip locked);
  insert into session (id_sha256, person_id, tenant_id, created_at, last_seen_at, expires_at, method, issuer, subject,
      user_agent, ip, assured_at, factor_at)
    values (new_id, for_person, in_tenant, coalesce(old.created_at, at_instant), at_instant, coalesce(old.expires_at, until),
      by_method, by_issuer, by_subject, from_agent, from_ip,
      case when goes_on then old.assured_at else at_instant end, old.factor_at);
  update person set last_tenant_id = in_tenant where id = for_person and in_tenant is not null;
  update membership set last_seen_at = at_instant where tenant_id = in_tenant and person_id = for_person;
end $$;

create or replace function remove_authenticator(for_person uuid) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare removed boolean;
begin
  perform from person where id = for_person for update;
  update session set factor_at = null where person_id = for_person;
  delete from authenticator where person_id = for_person and confirmed_at is not null;
  removed := found;
  -- They stand in for the factors, so they go with the last one.
  delete from recovery_code where person_id = for_person and not has_factor(for_person);
  return removed;
end $$;

create function passkeys_of(wanted_person uuid)
  returns table (credential_id text, name text, public_key bytea, counter bigint, transports text[], created_at timestamptz,
    last_used_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp as $$
  select k.credential_id, k.name, k.public_key, k.counter, k.transports, k.created_at, k.last_used_at
    from passkey k where k.person_id = wanted_person order by k.created_at, k.credential_id
$$;
-- True once for each challenge.
create function spend_challenge(for_person uuid, answered text, at_instant timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from spent_challenge where person_id = for_person and at <= at_instant - interval '1 hour';
  insert into spent_challenge (person_id, challenge, at) values (for_person, answered, at_instant) on conflict do nothing;
  return found;
end $$;
-- False when the key is somebody's already, or the person has ten.
create function add_passkey(for_person uuid, new_id text, new_name text, new_key bytea, new_counter bigint, new_transports text[],
    at_instant timestamptz)
  returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from person where id = for_person for update;
  if (select count(*) from passkey k where k.person_id = for_person) >= 10 then return false; end if;
  insert into passkey (credential_id, person_id, name, public_key, counter, transports, created_at)
    values (new_id, for_person, new_name, new_key, new_counter, new_transports, at_instant) on conflict do nothing;
  return found;
end $$;
create function use_passkey(for_person uuid, wanted_id text, new_counter bigint, at_instant timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update passkey k set counter = new_counter, last_used_at = at_instant
    where k.person_id = for_person and k.credential_id = wanted_id and (k.counter < new_counter or (k.counter = 0 and new_counter = 0));
  return found;
end $$;
create function rename_passkey(for_person uuid, wanted_id text, new_name text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update passkey k set name = new_name where k.person_id = for_person and k.credential_id = wanted_id;
  return found;
end $$;
create function remove_passkey(for_person uuid, wanted_id text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from person where id = for_person for update;
  delete from passkey k where k.person_id = for_person and k.credential_id = wanted_id;
  if not found then return false; end if;
  update session set factor_at = null where person_id = for_person;
  delete from recovery_code where person_id = for_person and not has_factor(for_person);
  return true;
end $$;

do $$
declare signature text;
begin
  foreach signature in array array[
    'has_factor(uuid)',
    'passkeys_of(uuid)',
    'spend_challenge(uuid, text, timestamptz)',
    'add_passkey(uuid, text, text, bytea, bigint, text[], timestamptz)',
    'use_passkey(uuid, text, bigint, timestamptz)',
    'rename_passkey(uuid, text, text)',
    'remove_passkey(uuid, text)'
  ] loop
    execute format('alter function %s owner to countersign_definer', signature);
    execute format('revoke execute on function %s from public', signature);
    execute format('grant execute on function %s to countersign_app', signature);
  end loop;
end $$;
