-- What a role has been granted itself, in the words of GRANT.
create or replace function rights_of(who regrole) returns table (what text, which text) language sql stable as $$
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
revoke execute on function rights_of(regrole) from public;
