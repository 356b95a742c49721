import type { ClientBase } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../src/platform/postgres/roles.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { isGlobal, tablesIn } from './house/catalogue-tables.js';
import { catalogueProblems } from './house/catalogue.js';
import { isolationProblems, type Pretence } from './house/isolation.js';
import { ALPHA, BETA, plantTwoTenants } from './house/sample-rows.js';

const PRETENCES: Pretence[] = [
  { name: 'the right tenant', setting: ALPHA },
  { name: 'the wrong tenant', setting: BETA },
  { name: 'an empty tenant', setting: '' },
  { name: 'a malformed tenant', setting: 'alpha' },
];
const AGREED = "tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)";

let database: TestDatabase;
let tenantTables: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  await withClient(database.ownerUrl, async (owner) => {
    tenantTables = (await tablesIn(owner)).filter((table) => !isGlobal(table)).map(({ name }) => name);
    await plantTwoTenants(owner);
  });
});
afterAll(async () => await database.drop());

/** Runs in a transaction of the owner that leaves nothing behind. */
async function undone<T>(work: (owner: ClientBase) => Promise<T>): Promise<T> {
  return await withClient(database.ownerUrl, async (owner) => {
    await owner.query('begin');
    const result = await work(owner);
    await owner.query('rollback');
    return result;
  });
}

describe('the catalogue', () => {
  it('keeps the law of isolation in every table, key, policy, right and function', async () => {
    expect(tenantTables.length).toBeGreaterThan(30);
    expect(await undone(catalogueProblems)).toEqual([]);
  });

  // [what somebody might do, the complaint]
  it.each([
    ['drop policy tenant_isolation on invoice', /^invoice has no policy tenant_isolation/],
    ['alter table invoice no force row level security', /^invoice does not FORCE/],
    ['alter table audit_event_202606 disable row level security', /^audit_event_202606 has row level security switched off/],
    ['alter policy tenant_isolation on flag with check (true)', /^flag: WITH CHECK is not the agreed wording: true/],
    ['alter policy tenant_isolation on flag using (tenant_id = current_tenant())', /^flag: USING is not the agreed wording/],
    ['alter policy tenant_isolation on flag to countersign_app', /^flag: tenant_isolation is not for every command/],
    ['create policy also on flag using (true)', /^flag has the policy also, which is not listed/],
    ['drop policy caller_scope on flag', /^flag shows limited callers .* no policy caller_scope/],
    ['drop policy caller_scope on audit_event', /^audit_event shows limited callers/],
    ['alter policy caller_scope on invoice using (true)', /^invoice.caller_scope is not the agreed policy: true/],
    ['alter policy caller_scope on posting to public', /^posting.caller_scope is not the agreed policy/],
    ['alter policy caller_scope on posting to countersign_app, countersign_limited', /^posting.caller_scope is not the agreed policy/],
    ['alter policy caller_scope on flag with check (true)', /^flag.caller_scope is not the agreed policy/],
    ['create table gift (tenant_id uuid, id uuid, foreign key (tenant_id, id) references invoice)', /^gift shows limited callers/],
    ['grant delete on invoice to countersign_app', /^countersign_limited lacks what the app has: DELETE on table invoice/],
    ['grant select (version) on brand to countersign_limited', /^countersign_limited has .*: SELECT on column version of table brand/],
    ['grant truncate on invoice to countersign_limited', /^countersign_limited has TRUNCATE on public.invoice/],
    ['revoke execute on function audit_close() from countersign_limited', /^countersign_limited lacks .*: EXECUTE on function audit_close/],
    ['revoke usage on schema pgboss from countersign_limited', /^countersign_limited lacks what the app has: USAGE on schema pgboss/],
    ['revoke insert on pgboss.job from countersign_limited', /^countersign_limited lacks what the app has: INSERT on table pgboss.job/],
    ['create policy also on flag to countersign_app using (true)', /^flag.also lets in only one of the app and countersign_limited/],
    ['alter role countersign_limited login', /^countersign_limited can sign in/],
    ['grant countersign_limited to countersign_app with inherit true', /^countersign_app is a member of countersign_limited/],
    ['grant countersign_limited to countersign_scheduler', /^countersign_scheduler is a member of countersign_limited/],
    ['grant countersign_keeper to countersign_limited', /^countersign_limited is a member of countersign_keeper/],
    ['create policy caller_scope on lease using (true)', /^lease has the policy caller_scope, which is not listed/],
    ['alter policy definer_reads on membership to public', /^membership.definer_reads is for r by public/],
    ['drop policy scheduler_sees_due on schedule', /^schedule.scheduler_sees_due is listed and does not exist/],
    ['create table gift (id uuid primary key)', /^gift has no tenant_id and is not listed as global/],
    ['create table gift (tenant_id uuid primary key references tenant)', /^gift has row level security switched off/],
    ['create table gift (tenant_id text, id uuid)', /^gift.tenant_id is text/],
    ['create table gift (tenant_id text, id uuid)', /^gift has no primary key/],
    ['create table gift (tenant_id uuid, id uuid primary key)', /^the index gift_pkey leads with id/],
    ['create table gift (tenant_id uuid primary key)', /^gift has no foreign key that begins with its tenant_id/],
    ['create unique index by_id on invoice (id)', /^the index by_id leads with id/],
    ['create index by_lower on invoice (lower(number))', /^the index by_lower leads with an expression/],
    ['alter table invoice_view add unique (person_id)', /^the index invoice_view_person_id_key leads with person_id/],
    [
      'create table gift (tenant_id uuid, id uuid primary key); alter table flag add foreign key (invoice_id) references gift not valid',
      /^the foreign key flag_invoice_id_fkey leads with invoice_id/,
    ],
    ['drop index schedule_due', /^the index schedule_due is listed and does not exist/],
    ['create materialized view copy as select * from invoice', /^copy is of kind m/],
    ["create type mood as enum ('good')", /^mood is an enum type/],
    ['create view all_invoices as select * from invoice', /^the view all_invoices is not security_invoker/],
    ['drop table app_pace', /^app_pace is listed as global and does not exist/],
    ['alter table person enable row level security', /^person is listed as global and has row level security/],
    ['grant select on person to countersign_app', /^countersign_app has SELECT on public.person: it is global/],
    ['grant select (name) on person to countersign_app', /^countersign_app has SELECT on public.person\(name\): it is global/],
    ['grant truncate on invoice to countersign_app', /^countersign_app has TRUNCATE on public.invoice/],
    ['grant references on invoice to countersign_app', /^countersign_app has REFERENCES on public.invoice/],
    ['grant trigger on pgboss.job to countersign_app', /^countersign_app has TRIGGER on pgboss.job/],
    ['grant select on invoice to countersign_app with grant option', /a right may not be handed on/],
    ['grant update on audit_event to countersign_app', /^countersign_app has UPDATE on public.audit_event: it is evidence/],
    ['grant select on audit_event_202606 to countersign_app', /partitions are reached through their parent/],
    ['grant usage on sequence migration_id_seq to countersign_app', /^countersign_app has USAGE on public.migration_id_seq/],
    ['grant select on invoice to public', /^PUBLIC has SELECT on public.invoice: only our five roles/],
    ['grant select on schedule to countersign_scheduler', /^countersign_scheduler has SELECT on public.schedule: the scheduler/],
    ['grant select (connection_id) on schedule to countersign_scheduler', /SELECT on public.schedule\(connection_id\): the scheduler/],
    ['grant select on pgboss.job to countersign_scheduler', /^countersign_scheduler has SELECT on pgboss.job/],
    ['grant usage on schema pgboss to countersign_scheduler', /^countersign_scheduler may use schema pgboss/],
    ['grant select on invoice to countersign_definer', /^countersign_definer has SELECT on public.invoice: no policy/],
    ['grant update on tenant_settings to countersign_definer', /^countersign_definer has UPDATE on public.tenant_settings: no policy/],
    ['grant select on person to countersign_keeper', /^countersign_keeper has SELECT on public.person: it is global/],
    ['grant select on tenant to countersign_keeper', /^countersign_keeper has SELECT on public.tenant: it is global/],
    ['grant truncate on invoice to countersign_keeper', /^countersign_keeper has TRUNCATE on public.invoice/],
    ['grant select on pgboss.job to countersign_keeper', /^countersign_keeper has SELECT on pgboss.job: the keeper/],
    ['grant delete on audit_event_202606 to countersign_keeper', /^countersign_keeper has DELETE on public.audit_event_202606: partitions/],
    ['create policy keeps on invoice to countersign_keeper using (true)', /^invoice has the policy keeps, which is not listed/],
    ['alter policy definer_reads on membership to countersign_keeper', /^membership: USING is not the agreed wording: true/],
    ['alter role countersign_keeper login', /^countersign_keeper can sign in/],
    ['alter role countersign_keeper bypassrls', /^countersign_keeper is more than a plain role/],
    ['grant countersign_keeper to countersign_app', /^countersign_app is a member of countersign_keeper/],
    ['alter table invoice owner to countersign_keeper', /^countersign_keeper owns table invoice/],
    ['alter function audit_close() owner to current_user', /^audit_close\(\) is SECURITY DEFINER and runs as/],
    ['alter function audit_close() reset search_path', /^audit_close\(\) is SECURITY DEFINER without a pinned/],
    ['grant execute on function audit_close() to countersign_scheduler', /^audit_close\(\) is SECURITY DEFINER and may be called by/],
    ['alter function refuse_change() owner to countersign_keeper', /^refuse_change\(\) is owned by the keeper for no reason/],
    ['grant delete on audit_seal to countersign_app', /^countersign_app has DELETE on public.audit_seal: it is evidence/],
    ['alter role countersign_app bypassrls', /^countersign_app is more than a plain role/],
    ['alter role countersign_definer login', /^countersign_definer can sign in/],
    ['grant countersign_definer to countersign_app', /^countersign_app is a member of countersign_definer/],
    ['alter table invoice owner to countersign_app', /^countersign_app owns table invoice/],
    ['grant create on schema public to public', /^countersign_app may create in schema public/],
    ['grant temporary on database here to public', /^countersign_scheduler may temporary in the database/],
    ['alter function resolve_route(text, text) owner to current_user', /^resolve_route\(text,text\) is SECURITY DEFINER and runs as/],
    ['alter function resolve_route(text, text) reset search_path', /^resolve_route\(text,text\) is SECURITY DEFINER without a pinned/],
    ['grant execute on function resolve_route(text, text) to public', /may be called by PUBLIC, countersign_app, countersign_limited/],
    ['alter function current_tenant() security definer', /^current_tenant\(\) is SECURITY DEFINER and runs as/],
    ['alter function refuse_change() owner to countersign_definer', /^refuse_change\(\) is owned by the definer for no reason/],
    [
      "create function pgboss.peek() returns int language sql security definer as 'select 1'",
      /^pgboss.peek\(\) is SECURITY DEFINER outside/,
    ],
  ])('would be seen through: %s', async (sql, complaint) => {
    const name = new URL(database.ownerUrl).pathname.slice(1);
    const problems = await undone(async (owner) => {
      await owner.query(sql.replace('database here', `database ${name}`));
      return await catalogueProblems(owner);
    });
    expect(problems).toContainEqual(expect.stringMatching(complaint));
  });
});

describe('a row of another tenant', () => {
  it('is neither seen nor changed nor removed nor forged, whatever tenant the app’s transaction names', async () => {
    const problems = await withClient(database.appUrl, async (app) => {
      await app.query('begin');
      const found = await isolationProblems(app, tenantTables, PRETENCES, ALPHA);
      await app.query('rollback');
      return found;
    });
    expect(problems).toEqual([]);
  });

  it('is hidden before any tenant was named, and again after a transaction that named one', async () => {
    await withClient(database.appUrl, async (app) => {
      const count = async (): Promise<number | null> => (await app.query('select from invoice')).rowCount;
      expect(await count()).toBe(0);
      await app.query('begin');
      await app.query("select set_config('app.tenant_id', $1, true)", [ALPHA]);
      expect(await count()).toBe(1);
      await app.query('commit');
      expect(await count()).toBe(0);
      await app.query('begin');
      expect(await isolationProblems(app, tenantTables, [{ name: 'no tenant', setting: undefined }], ALPHA)).toEqual([]);
      await app.query('rollback');
    });
  });

  it('stays out of reach of the scheduler, which sees only what is due', async () => {
    await withClient(database.schedulerUrl, async (scheduler) => {
      const { rows } = await scheduler.query('select tenant_id, id, kind, next_due_at, paused from schedule');
      expect((await scheduler.query('select tenant_id, queued_at from audit_unsealed')).rows).toHaveLength(2);
      expect(rows).toHaveLength(2);
      for (const table of tenantTables) {
        await expect(scheduler.query(`select * from ${table}`), table).rejects.toThrow(/permission denied/);
      }
    });
  });

  // [what somebody might do, the table it opens, the first complaint]
  it.each([
    ['alter table flag disable row level security', /^select flag as the right tenant: reached 1 row\(s\) of others/],
    ['create policy also on flag using (true)', /^select flag as the wrong tenant: reached 1 row\(s\) of others/],
    ['create policy also on flag for select using (true)', /^select flag as an empty tenant: reached 2 row\(s\) of others/],
    ['create policy also on flag for insert with check (true)', /^insert flag as the wrong tenant: was not stopped by the policy/],
    [
      `alter policy tenant_isolation on flag using (${AGREED}) with check (true)`,
      /^move by update flag as the wrong tenant: was not stopped by the policy/,
    ],
    ['alter policy tenant_isolation on lease using (true)', /^delete lease as the right tenant: reached 1 row\(s\) of others/],
    [
      "alter policy tenant_isolation on lease using (current_setting('app.tenant_id') = '')",
      /^select lease as the right tenant: did not reach/,
    ],
    [
      'grant select on audit_event_202606 to countersign_app; alter table audit_event_202606 disable row level security',
      /^select audit_event_202606 as/,
    ],
  ])('would be seen to leak after: %s', async (sql, complaint) => {
    const problems = await undone(async (owner) => {
      await owner.query(sql);
      await owner.query('set local role countersign_app');
      return await isolationProblems(owner, ['flag', 'lease', 'audit_event_202606'], PRETENCES, ALPHA);
    });
    expect(problems).toContainEqual(expect.stringMatching(complaint));
  });
});
