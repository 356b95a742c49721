-- What is content through and through, or consent to one.
create or replace function refuse_content() returns trigger language plpgsql as $$
begin
  if keeps_content() then return new; end if;
  raise exception 'This company keeps no invoice content' using errcode = 'insufficient_privilege';
end $$;
