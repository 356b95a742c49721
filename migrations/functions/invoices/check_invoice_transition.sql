-- What was passed over while no content was kept may be put before reviewers once it is.
create or replace function check_invoice_transition() returns trigger language plpgsql as $$
begin
  if old.state <> new.state and not exists (
    select from (values
      ('draft', 'in_review'), ('draft', 'void'), ('draft', 'skipped'),
      ('in_review', 'approved'), ('in_review', 'rejected'), ('in_review', 'void'), ('in_review', 'skipped'),
      ('approved', 'in_review'), ('approved', 'posted'), ('approved', 'void'),
      ('rejected', 'in_review'), ('rejected', 'void'),
      ('posted', 'settled'), ('posted', 'void'),
      ('settled', 'posted'), ('settled', 'void'),
      ('skipped', 'draft'), ('skipped', 'in_review'), ('skipped', 'void')
    ) as allowed (before_state, after_state) where before_state = old.state and after_state = new.state
  ) then
    raise exception 'an invoice cannot go from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  return new;
end $$;
