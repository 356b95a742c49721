-- The key of each tenant, wrapped by the key wrapper of the installation. Everything sealed for the tenant hangs on it:
-- destroying it (null, for ever) makes all of that unreadable.
create table tenant_key (
  tenant_id uuid not null references tenant (id),
  -- Stands in every envelope that this key wraps.
  id uuid not null,
  wrapped_key text,
  made_at timestamptz not null,
  rewrapped_at timestamptz,
  destroyed_at timestamptz,
  primary key (tenant_id),
  check ((wrapped_key is null) = (destroyed_at is not null))
);
alter table tenant_key enable row level security;
alter table tenant_key force row level security;
create policy tenant_isolation on tenant_key using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
grant select, insert, update on tenant_key to countersign_app;

-- What was destroyed stays so, whatever the app is made to write.
create function refuse_new_key() returns trigger language plpgsql as $$
begin
  if old.destroyed_at is not null then
    raise exception 'The key of this tenant was destroyed' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger tenant_key_destroyed_for_ever before update on tenant_key for each row execute function refuse_new_key();

-- A rotation lifts what waits in a pending grant, too.
grant update (sealed_credentials) on pending_grant to countersign_app;

-- The secret that the passwords of our database roles follow from, wrapped by the key ring. Only the launcher reads it, as the
-- owner: none of our roles has any right here.
create table installation_secret (
  singleton boolean primary key default true check (singleton),
  wrapped text not null,
  made_at timestamptz not null default now()
);
