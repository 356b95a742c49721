-- Spends one request of the app's minute. Returns 0, or the milliseconds to wait before asking again. The slices are two
-- seconds long and kept for a second more than their minute, since a request takes a moment to arrive.
create or replace function take_app_pace(wanted_connector text, per_minute integer, at_instant timestamptz) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  length constant interval := interval '63 seconds';
  here constant timestamptz := to_timestamp(floor(extract(epoch from at_instant) / 2) * 2);
  already bigint;
  oldest timestamptz;
begin
  perform pg_advisory_xact_lock(hashtextextended('app pace ' || wanted_connector, 0));
  delete from app_pace a where a.connector = wanted_connector and a.slice <= at_instant - length;
  select coalesce(sum(a.spent), 0), min(a.slice) into already, oldest from app_pace a where a.connector = wanted_connector;
  if already >= per_minute then
    return greatest(1, ceil(extract(epoch from oldest + length - at_instant) * 1000))::integer;
  end if;
  insert into app_pace as a (connector, slice, spent) values (wanted_connector, here, 1)
    on conflict (connector, slice) do update set spent = a.spent + 1;
  return 0;
end $$;
alter function take_app_pace(text, integer, timestamptz) owner to countersign_definer;
revoke execute on function take_app_pace(text, integer, timestamptz) from public;
grant execute on function take_app_pace(text, integer, timestamptz) to countersign_app;
