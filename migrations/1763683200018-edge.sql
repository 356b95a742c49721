-- How often something was asked lately, shared by all processes. Asked before a tenant is known (sign-in, webhooks, keys that
-- open nothing), so no tenant can be named; the app has no right on the table and calls the two functions below. A key is a
-- keyed hash, so nobody reads an address out of it. Unlogged: counting costs no write-ahead log, and what a crash of the
-- server forgets are minutes of counting.
create unlogged table rate_budget (
  key bytea primary key check (length(key) = 32),
  spent integer not null,
  ends_at timestamptz not null
);
create index rate_budget_ended on rate_budget (ends_at);
grant select, insert, update, delete on rate_budget to countersign_definer;

-- Spends some of a key's budget and says how much has been spent in its window, and for how many milliseconds that lasts. By
-- the clock of the database, which all processes share. With `afresh` the window begins anew. Now and then it also clears away
-- a few windows that have ended, so that no schedule has to.
create function spend_rate(wanted_key bytea, points integer, window_ms bigint, afresh boolean)
  returns table (spent integer, left_ms integer)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  at_instant constant timestamptz := clock_timestamp();
begin
  if random() < 0.02 then
    delete from rate_budget old where old.key in (
      select b.key from rate_budget b where b.ends_at < at_instant order by b.ends_at limit 200 for update skip locked);
  end if;
  return query
    insert into rate_budget as b (key, spent, ends_at)
      values (wanted_key, points, at_instant + window_ms * interval '1 millisecond')
    on conflict (key) do update set
      spent = case when afresh or b.ends_at <= at_instant then excluded.spent else b.spent + excluded.spent end,
      ends_at = case when afresh or b.ends_at <= at_instant then excluded.ends_at else b.ends_at end
    returning b.spent, greatest(0, ceil(extract(epoch from b.ends_at - at_instant) * 1000))::integer;
end $$;

create function spent_rate(wanted_key bytea) returns table (spent integer, left_ms integer)
  language sql stable security definer set search_path = public, pg_temp as $$
  select b.spent, ceil(extract(epoch from b.ends_at - clock_timestamp()) * 1000)::integer
  from rate_budget b where b.key = wanted_key and b.ends_at > clock_timestamp()
$$;

create function forget_rate(wanted_key bytea) returns boolean
  language sql security definer set search_path = public, pg_temp as $$
  with gone as (delete from rate_budget b where b.key = wanted_key returning 1) select exists (select 1 from gone)
$$;

do $$
declare signature text;
begin
  foreach signature in array array['spend_rate(bytea, integer, bigint, boolean)', 'spent_rate(bytea)', 'forget_rate(bytea)'] loop
    execute format('alter function %s owner to countersign_definer', signature);
    execute format('revoke execute on function %s from public', signature);
    execute format('grant execute on function %s to countersign_app', signature);
  end loop;
end $$;
