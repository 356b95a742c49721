-- Makes a person of this tenant unknown: what lets them in goes, and wherever one of the known texts (names, addresses, their id)
-- stands, the pseudonym takes its place. What a hold covers stays. Answers rows by table, and by 'table.column' for pseudonyms.
create or replace function erase_person(wanted uuid, known text[], pseudonym text, address text) returns jsonb
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  here constant uuid := current_tenant();
  counts jsonb := '{}';
  gone bigint;
  one record;
  pattern text;
  value text;
  position integer := 0;
  held uuid[];
  guard text;
begin
  if here is null then raise exception 'No tenant is set' using errcode = 'insufficient_privilege'; end if;
  perform pg_advisory_xact_lock(hashtextextended('legal hold ' || here, 0));
  delete from credential_lookup c using invitation v where c.tenant_id = here and c.kind = 'invitation' and v.tenant_id = here and v.id = c.row_id
    and (v.email = any(known) or v.accepted_by = wanted);
  for one in
    select 'invitation' as target, 't.email = any($2) or t.accepted_by = $3' as condition
    -- The PSA's record of them. It comes back with the next reading unless it goes there, too.
    union all select 'staff_record', 't.email = any($2)'
    union all select 'outgoing_email', 't.recipient = any($2)'
    union all select 'email_code', 't.address = any($2)'
    union all select 'session', 't.person_id = $3'
    union all
      -- Whatever is a person's own in this tenant: membership, what they have seen, and what later versions add.
      select c.relname, 't.person_id = $3' from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'person_id' and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity
  loop
    execute format('delete from %I t where t.tenant_id = $1 and (%s)', one.target, one.condition) using here, known, wanted;
    get diagnostics gone = row_count;
    if gone > 0 then counts := counts || jsonb_build_object(one.target, gone); end if;
  end loop;
  if tenant_is_held() then return counts; end if;
  held := array(select held_invoices());
  foreach value in array known loop
    position := position + 1;
    continue when btrim(value) = '';
    pattern := standing_alone(value);
    -- A single word may be part of any sentence: only where it is the whole text.
    if value !~ '[@ ]' then pattern := '^\s*' || pattern || '\s*$'; end if;
    for one in select p.*, t.condition from person_columns() p left join tables_of_invoices() t on t.target = p.target loop
      guard := case when one.condition is null then 'true' else format('not (%s)', one.condition) end;
      if one.kind = 'text' then
        execute format('update %1$I t set %2$I = regexp_replace(t.%2$I, $3, $4, ''gi'') where t.tenant_id = $1 and t.%2$I ~* $3 and %3$s',
          one.target, one.named, guard)
          using here, held, pattern, case when value like '%@%' then replace(address, '@', case when position > 1 then '-' || position else '' end || '@') else pseudonym end;
      else
        execute format('update %1$I t set %2$I = regexp_replace(t.%2$I::text, $3, $4, ''gi'')::jsonb where t.tenant_id = $1 and t.%2$I::text ~* $3 and %3$s',
          one.target, one.named, guard)
          using here, held, '"' || regexp_replace(trim(both '"' from to_json(btrim(value))::text), '([][\\.*+?^${}()|])', '\\\1', 'g') || '"',
            to_json(case when value like '%@%' then address else pseudonym end)::text;
      end if;
      get diagnostics gone = row_count;
      if gone > 0 then
        counts := counts || jsonb_build_object(one.target || '.' || one.named, gone + coalesce((counts ->> (one.target || '.' || one.named))::bigint, 0));
      end if;
    end loop;
  end loop;
  return counts;
end $$;
alter function erase_person(uuid, text[], text, text) owner to countersign_keeper;
revoke execute on function erase_person(uuid, text[], text, text) from public;
grant execute on function erase_person(uuid, text[], text, text) to countersign_app;
