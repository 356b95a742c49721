-- Whether any text in the value is one of these, or holds one of them that is an e-mail address or a name of several words.
create or replace function audit_mentions(value jsonb, known text[]) returns boolean language sql immutable parallel safe as $$
  select exists (
    select from jsonb_path_query(value, '$.**') found cross join unnest(known) k
      where jsonb_typeof(found) = 'string' and btrim(k) <> ''
        and (lower(btrim(found #>> '{}')) = lower(btrim(k)) or (btrim(k) ~ '[@ ]' and found #>> '{}' ~* standing_alone(k))))
$$;
