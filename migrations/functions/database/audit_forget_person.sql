-- Erases what the tenant's audit says of a person: name and address as an actor, and every field that holds one of the known
-- texts (names, e-mail addresses). Commitments stay, salts go. Returns how many parts, or null when events still wait for
-- their seal: seal first, or an erased value would never have had a commitment.
create or replace function audit_forget_person(wanted_person uuid, known text[], noted_as uuid, at_instant timestamptz) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  home uuid := audit_home();
  event record;
  piece record;
  own boolean;
  erased jsonb;
  new_before jsonb;
  new_after jsonb;
  parts integer := 0;
  events integer := 0;
begin
  perform from audit_chain c where c.tenant_id = home for update;
  if exists (select from audit_unsealed u where u.tenant_id = home) then return null; end if;
  for event in
    select e.at, e.id, e.actor_kind, e.actor_id, e.subject_kind, e.subject_id, e.before, e.after, s.sequence, s.salts
      from audit_event e join audit_seal s on s.tenant_id = home and s.event_id = e.id
      where e.tenant_id = home
        and ((e.actor_kind = 'person' and e.actor_id = wanted_person::text) or (e.subject_kind = 'person' and e.subject_id = wanted_person::text)
          or audit_mentions(e.before, known) or audit_mentions(e.after, known))
      order by s.sequence
  loop
    own := event.actor_kind = 'person' and event.actor_id = wanted_person::text;
    erased := '{}';
    new_before := event.before;
    new_after := event.after;
    if own then erased := jsonb_build_object('actor', noted_as, 'source', noted_as); end if;
    for piece in select p.*, 'before' as side from audit_parts('before', event.before) p
      union all select p.*, 'after' from audit_parts('after', event.after) p
    loop
      continue when not (audit_mentions(piece.value, known)
        or (event.subject_kind = 'person' and event.subject_id = wanted_person::text and piece.field in ('email', 'name', 'label', 'address', 'phone')));
      erased := erased || jsonb_build_object(piece.part, noted_as);
      if piece.side = 'before' then
        new_before := case when piece.field is null then '"Erased"' else jsonb_set(new_before, array[piece.field], '"Erased"') end;
      else
        new_after := case when piece.field is null then '"Erased"' else jsonb_set(new_after, array[piece.field], '"Erased"') end;
      end if;
    end loop;
    -- What an earlier erasure took stays under that one's name.
    select coalesce(jsonb_object_agg(key, jsonb_build_object('erasedBy', value)), '{}') into erased from jsonb_each(erased)
      where jsonb_typeof(event.salts -> key) = 'string';
    continue when erased = '{}';
    update audit_event e
      set actor_label = case when own then 'Erased' else e.actor_label end, source_ip = case when own then null else e.source_ip end,
          before = new_before, after = new_after
      where e.tenant_id = home and e.at = event.at and e.id = event.id;
    update audit_seal s set salts = s.salts || erased where s.tenant_id = home and s.sequence = event.sequence;
    parts := parts + (select count(*) from jsonb_object_keys(erased));
    events := events + 1;
  end loop;
  insert into audit_event (tenant_id, id, at, actor_kind, actor_id, actor_label, action, subject_kind, subject_id, after)
    values (home, noted_as, at_instant, 'system', 'countersign', 'Countersign', 'audit.person_forgotten', 'person', wanted_person::text,
            jsonb_build_object('events', events, 'parts', parts));
  return parts;
end $$;
alter function audit_forget_person(uuid, text[], uuid, timestamptz) owner to countersign_keeper;
revoke execute on function audit_forget_person(uuid, text[], uuid, timestamptz) from public;
grant execute on function audit_forget_person(uuid, text[], uuid, timestamptz) to countersign_app;
