create or replace function check_posting_transition() returns trigger language plpgsql as $$
begin
  if old.state <> new.state and not exists (
    select from (values
      ('planned', 'sending'), ('planned', 'skipped'), ('planned', 'refused'),
      ('sending', 'posted'), ('sending', 'refused'), ('sending', 'unknown'), ('sending', 'planned'),
      ('unknown', 'posted'), ('unknown', 'refused'), ('unknown', 'planned'),
      ('refused', 'planned'), ('refused', 'skipped'),
      ('posted', 'voided')
    ) as allowed (before_state, after_state) where before_state = old.state and after_state = new.state
  ) then
    raise exception 'a posting cannot go from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  return new;
end $$;
