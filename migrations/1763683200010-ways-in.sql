-- How somebody came in decides which tenants are open to them, with every request: a tenant that no longer lets a directory,
-- a domain or a way of signing in through has locked the door at once. Nobody knows how the sessions so far were opened.
delete from session;
alter table session
  -- 'google', 'microsoft', 'oidc', 'email_code' or 'link'.
  add column method text not null default 'unknown',
  -- The identity that opened it; a session without its identity opens nothing.
  add column issuer text,
  add column subject text,
  add check ((issuer is null) = (subject is null)),
  add check ((method = 'unknown') = (issuer is null));
create index session_by_identity on session (issuer, subject);

-- The Workspace domain that Google names in its token (hd), as of the last time it was asked.
alter table identity add column hosted_domain text check (hosted_domain = lower(hosted_domain));
grant delete on identity to countersign_definer;

alter table tenant_settings
  add column sign_in_methods text[] not null default '{google,microsoft,oidc,email}'
    check (cardinality(sign_in_methods) > 0 and sign_in_methods <@ array['google', 'microsoft', 'oidc', 'email']),
  -- Empty: Google accounts of any kind.
  add column google_domains text[] not null default '{}';
grant select (sign_in_methods, google_domains) on tenant_settings to countersign_definer;

-- Why this way in does not open that tenant; null when it does. A link comes by e-mail, so it is one.
create function entrance_problem(wanted_tenant uuid, by_method text, by_issuer text, from_domain text) returns text
  language sql stable security definer set search_path = public, pg_temp as $$
  select case
      when by_method = 'unknown' then
        case when cardinality(s.sign_in_methods) < 4 or cardinality(s.google_domains) > 0 then 'method' end
      when not (case when by_method in ('email_code', 'link') then 'email' else by_method end = any (s.sign_in_methods)) then 'method'
      when by_method = 'microsoft' and not (substr(by_issuer, length('microsoft:') + 1) = any (s.allowed_directories)) then 'directory'
      when by_method = 'google' and cardinality(s.google_domains) > 0
        and not coalesce(from_domain = any (s.google_domains), false) then 'domain'
    end
    from tenant_settings s where s.tenant_id = wanted_tenant
$$;

drop function resolve_session(bytea, timestamptz, integer);
-- The person of a live session, named as their tenant does, and the membership as it is now. Notes the visit at most once a minute.
create function resolve_session(wanted bytea, at_instant timestamptz, idle_seconds integer)
  returns table (person_id uuid, person_name text, tenant_id uuid, tenant_name text, role text, email text,
    method text, issuer text, subject text, hosted_domain text)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  live session;
  domain text;
  enters boolean;
begin
  select s.* into live from session s
    where s.id_sha256 = wanted and s.expires_at > at_instant and s.last_seen_at > at_instant - make_interval(secs => idle_seconds);
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
    select p.id, coalesce(m.name, p.name), o.tenant_id, o.tenant_name, o.role, o.email, live.method, live.issuer, live.subject, domain
      from person p
      left join memberships_of(p.id) o on o.tenant_id = live.tenant_id and enters
      left join membership m on m.tenant_id = o.tenant_id and m.person_id = p.id
      where p.id = live.person_id;
end $$;

drop function open_session(bytea, uuid, uuid, timestamptz, timestamptz, bytea);
-- Ends the session it replaces in the same step, and clears away what has expired of this person.
create function open_session(new_id bytea, for_person uuid, in_tenant uuid, at_instant timestamptz, until timestamptz, replaces bytea,
    by_method text, by_issuer text, by_subject text)
  returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare domain text;
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
  delete from session where id_sha256 = replaces or (person_id = for_person and expires_at <= at_instant);
  insert into session (id_sha256, person_id, tenant_id, created_at, last_seen_at, expires_at, method, issuer, subject)
    values (new_id, for_person, in_tenant, at_instant, at_instant, until, by_method, by_issuer, by_subject);
  update person set last_tenant_id = in_tenant where id = for_person and in_tenant is not null;
  update membership set last_seen_at = at_instant where tenant_id = in_tenant and person_id = for_person;
end $$;

-- The tenants of a person, in their order, each with why it is closed to somebody who came in this way; null where it is open.
create function doors_of(wanted_person uuid, by_method text, by_issuer text, by_subject text)
  returns table (tenant_id uuid, tenant_name text, role text, email text, problem text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select m.tenant_id, m.tenant_name, m.role, m.email, entrance_problem(m.tenant_id, by_method, by_issuer,
      (select i.hosted_domain from identity i where i.issuer = by_issuer and i.subject = by_subject and i.person_id = wanted_person))
    from memberships_of(wanted_person) with ordinality as m (tenant_id, tenant_name, role, email, place)
    order by m.place
$$;

-- What the provider said just now of an identity that was known before.
create function note_identity(wanted_issuer text, wanted_subject text, shown_email text, from_domain text) returns void
  language sql security definer set search_path = public, pg_temp
  as $$ update identity set email = coalesce(shown_email, email), hosted_domain = from_domain
        where issuer = wanted_issuer and subject = wanted_subject $$;

drop function identities_of(uuid);
create function identities_of(wanted_person uuid)
  returns table (issuer text, subject text, email text, linked_at timestamptz, last_used_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select i.issuer, i.subject, i.email, i.linked_at, i.last_used_at from identity i
        where i.person_id = wanted_person order by i.linked_at, i.issuer $$;

-- Never the last one: nobody could come in again. What it opened ends with it. 'gone', 'last', or null when it is done.
create function unlink_identity(for_person uuid, wanted_issuer text, wanted_subject text) returns text
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- Two at the same time must not both find another one left.
  perform from person where id = for_person for update;
  if not exists (select from identity where issuer = wanted_issuer and subject = wanted_subject and person_id = for_person) then
    return 'gone';
  end if;
  if (select count(*) from identity where person_id = for_person) < 2 then return 'last'; end if;
  delete from session where issuer = wanted_issuer and subject = wanted_subject;
  delete from identity where issuer = wanted_issuer and subject = wanted_subject and person_id = for_person;
  return null;
end $$;

-- The directories that any tenant lets in; not which tenant, and never a reason by itself to let somebody in.
create or replace function allowed_directories() returns setof text
  language sql stable security definer set search_path = public, pg_temp as $$
  select distinct d.directory
    from tenant_settings s
    join tenant t on t.id = s.tenant_id and t.deleted_at is null
    cross join unnest(s.allowed_directories) as d (directory)
    where 'microsoft' = any (s.sign_in_methods)
$$;

do $$
declare signature text;
begin
  foreach signature in array array[
    'entrance_problem(uuid, text, text, text)',
    'resolve_session(bytea, timestamptz, integer)',
    'open_session(bytea, uuid, uuid, timestamptz, timestamptz, bytea, text, text, text)',
    'doors_of(uuid, text, text, text)',
    'note_identity(text, text, text, text)',
    'identities_of(uuid)',
    'unlink_identity(uuid, text, text)'
  ] loop
    execute format('alter function %s owner to countersign_definer', signature);
    execute format('revoke execute on function %s from public', signature);
    execute format('grant execute on function %s to countersign_app', signature);
  end loop;
end $$;
