create or replace function spent_rate(wanted_key bytea) returns table (spent integer, left_ms integer)
  language sql stable security definer set search_path = public, pg_temp as $$
  select b.spent, ceil(extract(epoch from b.ends_at - clock_timestamp()) * 1000)::integer
  from rate_budget b where b.key = wanted_key and b.ends_at > clock_timestamp()
$$;
alter function spent_rate(bytea) owner to countersign_definer;
revoke execute on function spent_rate(bytea) from public;
grant execute on function spent_rate(bytea) to countersign_app;
