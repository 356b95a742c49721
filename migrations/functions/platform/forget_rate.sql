create or replace function forget_rate(wanted_key bytea) returns boolean
  language sql security definer set search_path = public, pg_temp as $$
  with gone as (delete from rate_budget b where b.key = wanted_key returning 1) select exists (select 1 from gone)
$$;
alter function forget_rate(bytea) owner to countersign_definer;
revoke execute on function forget_rate(bytea) from public;
grant execute on function forget_rate(bytea) to countersign_app;
