-- Spends some of a key's budget and says how much has been spent in its window, and for how many milliseconds that lasts. By
-- the clock of the database, which all processes share. With `afresh` the window begins anew. Now and then it also clears away
-- a few windows that have ended, so that no schedule has to.
create or replace function spend_rate(wanted_key bytea, points integer, window_ms bigint, afresh boolean)
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
alter function spend_rate(bytea, integer, bigint, boolean) owner to countersign_definer;
revoke execute on function spend_rate(bytea, integer, bigint, boolean) from public;
grant execute on function spend_rate(bytea, integer, bigint, boolean) to countersign_app;
