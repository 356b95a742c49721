-- Why this way in does not open that tenant; null when it does. A link comes by e-mail, so it is one.
create or replace function entrance_problem(wanted_tenant uuid, by_method text, by_issuer text, from_domain text) returns text
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
alter function entrance_problem(uuid, text, text, text) owner to countersign_definer;
revoke execute on function entrance_problem(uuid, text, text, text) from public;
grant execute on function entrance_problem(uuid, text, text, text) to countersign_app;
