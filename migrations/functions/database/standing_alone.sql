-- A pattern for a text where it is nobody else's: `ann@x.example` stands neither in `joann@x.example` nor in `ann@x.example.org`.
create or replace function standing_alone(known text) returns text language sql immutable parallel safe as $$
  select '(?<![[:alnum:]_.+%-])' || regexp_replace(btrim(known), '([][\\.*+?^${}()|])', '\\\1', 'g') || '(?!\.?[[:alnum:]_-])'
$$;
