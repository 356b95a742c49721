-- What whoever runs the installation has to see over all tenants: how many writes to vendors and links to them are in which
-- state. Two columns of two tables, counted; no id and nobody's name comes out.
create policy definer_counts on posting for select to countersign_definer using (true);
grant select (state) on posting to countersign_definer;
create policy definer_counts on connection for select to countersign_definer using (true);
grant select (state) on connection to countersign_definer;

create function operator_counts() returns table (what text, state text, count bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select 'posting', p.state, count(*) from posting p group by p.state
  union all
  select 'connection', c.state, count(*) from connection c group by c.state
$$;
alter function operator_counts() owner to countersign_definer;
revoke execute on function operator_counts() from public;
grant execute on function operator_counts() to countersign_app;
