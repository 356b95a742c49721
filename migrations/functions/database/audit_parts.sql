-- The parts of `before` or `after` that have a commitment each: its fields; something that is no object is one part.
create or replace function audit_parts(side text, content jsonb) returns table (part text, field text, value jsonb) language sql immutable parallel safe as $$
  select side || '.' || f.key, f.key, f.value from jsonb_each(case when jsonb_typeof(content) = 'object' then content end) f
  union all
  select side, null, content where jsonb_typeof(content) <> 'object'
$$;
