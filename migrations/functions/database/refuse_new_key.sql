-- What was destroyed stays so, whatever the app is made to write.
create or replace function refuse_new_key() returns trigger language plpgsql as $$
begin
  if old.destroyed_at is not null then
    raise exception 'The key of this tenant was destroyed' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
