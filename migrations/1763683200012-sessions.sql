-- A session knows its device, when its person proved last that it is them, and whether with a second factor. A person's factors
-- are theirs in every tenant, so they lie beside the person, out of the app's reach but for the functions below.
alter table session
  -- Names the session to its person; opens nothing.
  add column ref uuid not null default gen_random_uuid() unique,
  add column user_agent text check (length(user_agent) <= 400),
  add column ip text check (length(ip) <= 60),
  -- Signed in, or typed a code from their mailbox.
  add column assured_at timestamptz,
  -- Proved a second factor.
  add column factor_at timestamptz;

alter table tenant_settings
  add column second_factor text not null default 'none' check (second_factor in ('none', 'admins', 'everyone')),
  add column session_idle_minutes integer not null default 720 check (session_idle_minutes between 5 and 720),
  add column session_hours integer not null default 336 check (session_hours between 1 and 336);
grant select (second_factor, session_idle_minutes, session_hours) on tenant_settings to countersign_definer;

create table authenticator (
  person_id uuid primary key references person (id) on delete cascade,
  -- Sealed for this person and field.
  sealed_secret text not null,
  created_at timestamptz not null,
  -- Null until its first code was typed: it asks for nothing and proves nothing before.
  confirmed_at timestamptz,
  -- The last time step whose code was taken; neither it nor an earlier one is taken again.
  last_step bigint not null default 0
);
create table recovery_code (
  person_id uuid not null references person (id) on delete cascade,
  hash bytea not null,
  -- The same for all codes of one set, so that checking one takes one derivation.
  salt bytea not null,
  primary key (person_id, hash)
);
create table factor_try (
  person_id uuid not null references person (id) on delete cascade,
  at timestamptz not null
);
create index factor_try_of_person on factor_try (person_id, at);
grant select, insert, update, delete on authenticator to countersign_definer;
grant select, insert, delete on recovery_code, factor_try to countersign_definer;

drop function resolve_session(bytea, timestamptz, integer);
-- The person of a live session, named as their tenant does, and the membership as it is now. Notes the visit at most once a minute.
-- The tenant's own limits can only end it sooner.
create function resolve_session(wanted bytea, at_instant timestamptz, idle_seconds integer)
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
        exists (select from authenticator a where a.person_id = p.id and a.confirmed_at is not null),
        coalesce(t.second_factor = 'everyone' or (t.second_factor = 'admins' and o.role in ('admin', 'owner')), false)
      from person p
      left join memberships_of(p.id) o on o.tenant_id = live.tenant_id and enters
      left join membership m on m.tenant_id = o.tenant_id and m.person_id = p.id
      left join tenant_settings t on t.tenant_id = o.tenant_id
      where p.id = live.person_id;
end $$;

drop function open_session(bytea, uuid, uuid, timestamptz, timestamptz, bytea, text, text, text);
-- Ends the session it replaces in the same step, and clears away what has expired of this person. One that goes on in another
-- tenant becomes no younger by it and has proved no more than before.
create function open_session(new_id bytea, for_person uuid, in_tenant uuid, at_instant timestamptz, until timestamptz, replaces bytea,
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
  delete from session where id_sha256 = replaces or (person_id = for_person and expires_at <= at_instant);
  insert into session (id_sha256, person_id, tenant_id, created_at, last_seen_at, expires_at, method, issuer, subject,
      user_agent, ip, assured_at, factor_at)
    values (new_id, for_person, in_tenant, coalesce(old.created_at, at_instant), at_instant, coalesce(old.expires_at, until),
      by_method, by_issuer, by_subject, from_agent, from_ip,
      case when goes_on then old.assured_at else at_instant end, old.factor_at);
  update person set last_tenant_id = in_tenant where id = for_person and in_tenant is not null;
  update membership set last_seen_at = at_instant where tenant_id = in_tenant and person_id = for_person;
end $$;

-- After a proof: the session goes on under a new id, and the old one opens nothing any more. False when it ended meanwhile.
create function rotate_session(old_id bytea, new_id bytea, at_instant timestamptz, by_factor boolean) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update session s set id_sha256 = new_id, assured_at = at_instant,
      factor_at = case when by_factor then at_instant else s.factor_at end
    where s.id_sha256 = old_id and s.expires_at > at_instant;
  return found;
end $$;

create function sessions_of(wanted_person uuid, at_instant timestamptz)
  returns table (ref uuid, tenant_name text, created_at timestamptz, last_seen_at timestamptz, user_agent text, ip text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select s.ref, t.name, s.created_at, s.last_seen_at, s.user_agent, s.ip
    from session s left join tenant_settings t on t.tenant_id = s.tenant_id
    where s.person_id = wanted_person and s.expires_at > at_instant
      and s.last_seen_at > at_instant - make_interval(mins => coalesce(t.session_idle_minutes, 720))
      and (t.session_hours is null or s.created_at > at_instant - make_interval(hours => t.session_hours))
    order by s.last_seen_at desc, s.ref
$$;
create function end_one_session_of(wanted_person uuid, wanted_ref uuid) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from session where person_id = wanted_person and ref = wanted_ref;
  return found;
end $$;
-- What an admin may end: sessions of this tenant, never those that a person has elsewhere.
create function end_sessions_here(wanted_person uuid) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare ended integer;
begin
  delete from session where person_id = wanted_person and tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid;
  get diagnostics ended = row_count;
  return ended;
end $$;

create function factors_of(wanted_person uuid) returns table (since timestamptz, codes_left integer)
  language sql stable security definer set search_path = public, pg_temp as $$
  select (select a.confirmed_at from authenticator a where a.person_id = wanted_person),
    (select count(*)::integer from recovery_code c where c.person_id = wanted_person)
$$;
-- One that waits for its first code gives way; one that is in use never does.
create function offer_authenticator(for_person uuid, sealed text, at_instant timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into authenticator as a (person_id, sealed_secret, created_at) values (for_person, sealed, at_instant)
    on conflict (person_id) do update set sealed_secret = excluded.sealed_secret, created_at = excluded.created_at
    where a.confirmed_at is null;
  return found;
end $$;
create function authenticator_of(wanted_person uuid) returns table (sealed_secret text, confirmed_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select a.sealed_secret, a.confirmed_at from authenticator a where a.person_id = wanted_person $$;
-- True once for each step, and never for one before it.
create function take_authenticator_step(for_person uuid, step bigint, at_instant timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update authenticator a set last_step = step, confirmed_at = coalesce(a.confirmed_at, at_instant)
    where a.person_id = for_person and a.last_step < step;
  return found;
end $$;
create function remove_authenticator(for_person uuid) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from recovery_code where person_id = for_person;
  update session set factor_at = null where person_id = for_person;
  delete from authenticator where person_id = for_person and confirmed_at is not null;
  return found;
end $$;
create function replace_recovery_codes(for_person uuid, new_salt bytea, new_hashes bytea[]) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from person where id = for_person for update;
  delete from recovery_code where person_id = for_person;
  insert into recovery_code (person_id, hash, salt) select for_person, h, new_salt from unnest(new_hashes) h;
end $$;
create function recovery_salt(wanted_person uuid) returns bytea
  language sql stable security definer set search_path = public, pg_temp
  as $$ select c.salt from recovery_code c where c.person_id = wanted_person limit 1 $$;
create function use_recovery_code(for_person uuid, typed_hash bytea) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from recovery_code where person_id = for_person and hash = typed_hash;
  return found;
end $$;
-- Every typed code is a try, also when the process dies after it: 5 in 15 minutes for each person, whichever tenant or session.
create function spend_factor_try(for_person uuid, at_instant timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from person where id = for_person for update;
  delete from factor_try where person_id = for_person and at <= at_instant - interval '15 minutes';
  if (select count(*) from factor_try where person_id = for_person) >= 5 then return false; end if;
  insert into factor_try (person_id, at) values (for_person, at_instant);
  return true;
end $$;
create function forget_factor_tries(for_person uuid) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ delete from factor_try where person_id = for_person $$;

do $$
declare signature text;
begin
  foreach signature in array array[
    'resolve_session(bytea, timestamptz, integer)',
    'open_session(bytea, uuid, uuid, timestamptz, timestamptz, bytea, text, text, text, text, text, boolean)',
    'rotate_session(bytea, bytea, timestamptz, boolean)',
    'sessions_of(uuid, timestamptz)',
    'end_one_session_of(uuid, uuid)',
    'end_sessions_here(uuid)',
    'factors_of(uuid)',
    'offer_authenticator(uuid, text, timestamptz)',
    'authenticator_of(uuid)',
    'take_authenticator_step(uuid, bigint, timestamptz)',
    'remove_authenticator(uuid)',
    'replace_recovery_codes(uuid, bytea, bytea[])',
    'recovery_salt(uuid)',
    'use_recovery_code(uuid, bytea)',
    'spend_factor_try(uuid, timestamptz)',
    'forget_factor_tries(uuid)'
  ] loop
    execute format('alter function %s owner to countersign_definer', signature);
    execute format('revoke execute on function %s from public', signature);
    execute format('grant execute on function %s to countersign_app', signature);
  end loop;
end $$;
