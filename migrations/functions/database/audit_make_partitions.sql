-- Months ahead of now for which events have a place. Made apart and then attached, which lets writers go on; a moment too busy
-- for that is left for the next day. Returns how many are new.
create or replace function audit_make_partitions(months integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  month date := date_trunc('month', now());
  name text;
  made integer := 0;
begin
  perform set_config('lock_timeout', '3s', true);
  perform pg_advisory_xact_lock(4207712);
  while month <= now() + make_interval(months => least(months, 240)) loop
    name := 'audit_event_' || to_char(month, 'YYYYMM');
    if to_regclass('public.' || name) is null then
      execute format('create table %I (like audit_event including defaults including constraints including generated)', name);
      execute format('alter table %I enable row level security', name);
      execute format('alter table %I force row level security', name);
      execute format('create policy tenant_isolation on %I using (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid)) with check (tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))', name);
      execute format('alter table audit_event attach partition %I for values from (%L) to (%L)', name, month, (month + interval '1 month')::date);
      made := made + 1;
    end if;
    month := month + interval '1 month';
  end loop;
  return made;
end $$;
alter function audit_make_partitions(integer) owner to countersign_keeper;
revoke execute on function audit_make_partitions(integer) from public;
grant execute on function audit_make_partitions(integer) to countersign_app;
