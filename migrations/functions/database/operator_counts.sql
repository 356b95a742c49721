create or replace function operator_counts() returns table (what text, state text, count bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select 'posting', p.state, count(*) from posting p group by p.state
  union all
  select 'connection', c.state, count(*) from connection c group by c.state
$$;
alter function operator_counts() owner to countersign_definer;
revoke execute on function operator_counts() from public;
grant execute on function operator_counts() to countersign_app;
