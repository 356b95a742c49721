-- From here to 1763683200012 the baseline: one file for each owner, never edited once released (docs/upgrading.md). The functions that
-- policies and triggers call are in functions/, and are there before the first of these runs.

-- Roles exist before any migration runs (src/platform/postgres/roles.ts).
revoke create on schema public from public;
grant usage on schema public to countersign_app, countersign_scheduler, countersign_definer, countersign_keeper;
-- Makes the audit's partitions.
grant create on schema public to countersign_keeper;

-- Marks a database as sandbox or live at its first boot; it refuses the other mode for ever.
create table installation (
  singleton boolean primary key default true check (singleton),
  mode text not null check (mode in ('sandbox', 'live')),
  marked_at timestamptz not null default now()
);
grant select, insert on installation to countersign_definer;

-- The secret that the passwords of our database roles follow from, wrapped by the key ring. Only the launcher reads it, as the
-- owner: none of our roles has any right here.
create table installation_secret (
  singleton boolean primary key default true check (singleton),
  wrapped text not null,
  made_at timestamptz not null default now()
);

-- How often something was asked lately, shared by all processes. Asked before a tenant is known (sign-in, webhooks, keys that
-- open nothing), so no tenant can be named; the app has no right on the table and calls functions. A key is a
-- keyed hash, so nobody reads an address out of it. Unlogged: counting costs no write-ahead log, and what a crash of the
-- server forgets are minutes of counting.
create unlogged table rate_budget (
  key bytea primary key check (length(key) = 32),
  spent integer not null,
  ends_at timestamptz not null
);
create index rate_budget_ended on rate_budget (ends_at);
grant select, insert, update, delete on rate_budget to countersign_definer;
