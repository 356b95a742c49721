-- Limited callers work as a role of their own, countersign_limited: nobody else pays for planning the policies of `caller_scope`. Its
-- rights are the app's, no more and no less. The migrator calls this last, so that neither a later migration nor the queue can forget it.
create or replace function grant_limited() returns void language plpgsql as $$
declare one record;
begin
  -- First: what is taken from a whole table is taken from its columns as well, and is given again below.
  for one in select * from rights_of('countersign_limited') except select * from rights_of('countersign_app') loop
    execute format('revoke %s on %s from countersign_limited', one.which, one.what);
  end loop;
  for one in select * from rights_of('countersign_app') except select * from rights_of('countersign_limited') loop
    execute format('grant %s on %s to countersign_limited', one.which, one.what);
  end loop;
end $$;
revoke execute on function grant_limited() from public;
