/** Goal: what is too old goes, exactly what the dry run said and nothing else; unfinished and held things stay. Real Postgres, as the app role. */
import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Interpret } from '../../src/billing/intake/interpret.js';
import { Holds } from '../../src/lifecycle/holds.js';
import { Nightly } from '../../src/lifecycle/nightly.js';
import { RetainJob } from '../../src/lifecycle/retain.job.js';
import { Retention } from '../../src/lifecycle/retention.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { AuditKeeper } from '../../src/database/audit/audit-keeper.js';
import { AuditSealer } from '../../src/database/audit/audit-sealer.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { DEFAULT_POLICY } from '../../src/lifecycle/data-policy.repository.js';
import { RetentionRepository } from '../../src/lifecycle/retention.repository.js';
import { RetentionRunEntity } from '../../src/lifecycle/retention.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { VendorRecordRepository } from '../../src/billing/invoices/vendor-record.repository.js';
import { createTestDatabase, someoneWaitsForLock, type TestDatabase } from '../support/database.js';
import { openLifecycle, type OpenedLifecycle } from '../support/lifecycle.js';
import { pastTheTriggers } from '../support/without-triggers.js';
import { aKey } from '../support/queries.js';
import { aSeedInvoice, mapSeed, seedConnections, seedInvoices, type SeededSource } from '../support/seed-invoices.js';
import { createTenant } from '../support/tenant.js';

const SIGNAL = new AbortController().signal;

let database: TestDatabase;
let opened: OpenedLifecycle;
let tx: TenantTransaction;
let retention: Retention;
let tenantId: string;
let owner: Principal;
let source: SeededSource;
let ids: Map<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  opened = await openLifecycle(database);
  tx = opened.module.get(TenantTransaction);
  retention = opened.module.get(Retention);
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

afterEach(() => vi.restoreAllMocks());

/** Six invoices of 2020 to 2025, of which the numbers say the state. */
beforeEach(async () => {
  opened.clock.set('2027-01-01T12:00:00Z');
  tenantId = await createTenant(database.ownerUrl, 'Northlight');
  owner = aKey(tenantId, 'owner');
  source = await seedConnections(opened.module, tenantId);
  const dates = ['2019-03-01', '2020-06-14', '2020-06-16', '2024-01-31', '2025-05-05', '2026-09-09'];
  ids = await seedInvoices(
    opened.module,
    source,
    dates.map((date, index) => aSeedInvoice(index, { content: { date } })),
  );
  await settle('10000', '10001', '10002', '10003', '10004');
  await printAll();
  opened.clock.set('2027-06-15T12:00:00Z');
});

const query = async <T>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
  await tx.run(tenantId, () => tx.query<T>(sql, [tenantId, ...parameters]));
const idOf = (number: string): string => ids.get(number) ?? '';

/** Superusers may step over the state machine. */
async function asOwner(sql: string, parameters: unknown[] = []): Promise<void> {
  await pastTheTriggers(database.ownerUrl, (owner) => owner.query(sql, parameters));
}

async function settle(...numbers: string[]): Promise<void> {
  await asOwner(`update invoice set state = 'settled' where tenant_id = $1 and number = any($2)`, [tenantId, numbers]);
}

async function printAll(): Promise<void> {
  await asOwner(
    `with printed as (select i.tenant_id, i.id, i.revision_id, convert_to('%PDF of ' || i.number, 'utf8') as bytes from invoice i where i.tenant_id = $1),
       stored as (insert into document_bytes (tenant_id, sha256, bytes) select tenant_id, encode(sha256(bytes), 'hex'), bytes from printed)
     insert into document (tenant_id, id, invoice_id, revision_id, look, sha256, pages, size, positions, created_at)
     select tenant_id, id, id, revision_id, 'v1', encode(sha256(bytes), 'hex'), 1, length(bytes), '[]', now() from printed`,
    [tenantId],
  );
}

async function posting(number: string, state: string): Promise<void> {
  await asOwner(
    `insert into posting (tenant_id, id, connection_id, operation, intent_key, intent, invoice_id, state, not_before, created_by, created_at, updated_at, external_id, cause)
     values ($1, $2, $3, 'document', $4::uuid::text, '{}', $4, $5, now(), 'x', now(), now(), 'X1', 'No')`,
    [tenantId, uuidv7(), source.ledgerId, idOf(number), state],
  );
}

async function numbers(): Promise<string[]> {
  return (await query<{ number: string }>('select number from invoice where tenant_id = $1 order by number')).map((row) => row.number);
}

/** Runs to its end and answers the run. */
async function cleanUp(): Promise<RetentionRunEntity> {
  const { id } = await retention.cleanUp(owner);
  await opened.module.get(RetainJob).retain({ tenantId, id }, SIGNAL);
  return await tx.run(tenantId, () => tx.rows(RetentionRunEntity).findOneByOrFail({ tenantId, id }));
}

const rowsOf = (due: readonly { target: string; rows: number }[]): Record<string, number> =>
  Object.fromEntries(due.map(({ target, rows }) => [target, rows]));

describe('the periods', () => {
  it('are seven years, seven and ninety days unless the tenant says otherwise, and each change is on record', async () => {
    expect(DEFAULT_POLICY).toEqual({ documentsYears: 7, rawDays: 7, logDays: 90, auditYears: 7 });
    const { rows } = await withClient(database.ownerUrl, (owner) =>
      owner.query<{ rule: string }>(
        "select pg_get_expr(adbin, adrelid) as rule from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where a.attname = 'raw_days'",
      ),
    );
    expect(rows).toEqual([{ rule: '7' }]);
    expect(await retention.policy(tenantId)).toEqual(DEFAULT_POLICY);
    const chosen = { documentsYears: null, rawDays: 14, logDays: 120, auditYears: 3 };
    await retention.save(owner, chosen);
    expect(await retention.policy(tenantId)).toEqual(chosen);
    const [event] = await query<{ before: object; after: object }>(
      `select before, after from audit_event where tenant_id = $1 and action = 'data.retention_changed'`,
    );
    expect(event).toEqual({ before: DEFAULT_POLICY, after: chosen });
  });

  it.each([
    [{ documentsYears: 2 }, 'documentsYears'],
    [{ rawDays: 0 }, 'rawDays'],
    [{ logDays: 29.5 }, 'logDays'],
    [{ auditYears: 100 }, 'auditYears'],
  ])('cannot be %o', async (wrong, field) => {
    await expect(retention.save(owner, { ...DEFAULT_POLICY, ...wrong })).rejects.toMatchObject({ kind: 'invalid', facts: { field } });
  });

  it('of raw payloads are the tenant’s own number, for what is stored already, too', async () => {
    const days = () =>
      query<{ days: number }>(
        'select distinct round(extract(epoch from expires_at - interpreted_at) / 86400)::int as days from vendor_record where tenant_id = $1',
      );
    expect(await days()).toEqual([{ days: 7 }]);
    await retention.save(owner, { ...DEFAULT_POLICY, rawDays: 5 });
    expect(await days()).toEqual([{ days: 5 }]);
    await seedInvoices(opened.module, source, [aSeedInvoice(40)]);
    expect(await days()).toEqual([{ days: 5 }]);
  });
});

describe('a clean-up', () => {
  it('deletes exactly what the dry run counted, to the row and the byte', async () => {
    const dry = await retention.dryRun(tenantId);
    expect(rowsOf(dry.due)).toMatchObject({ invoice: 2, invoice_revision: 2, document: 2, document_bytes: 2, vendor_record: 6 });
    const invoices = dry.due.find(({ target }) => target === 'invoice');
    expect([invoices?.oldest, invoices?.newest].map((date) => date?.toISOString().slice(0, 10))).toEqual(['2019-03-01', '2020-06-14']);
    expect(dry.due.find(({ target }) => target === 'document_bytes')?.bytes).toBe(2 * '%PDF of 10000'.length);
    const before = await tableCounts();
    const run = await cleanUp();
    const after = await tableCounts();
    const gone = Object.fromEntries(Object.keys(before).map((table) => [table, (before[table] ?? 0) - (after[table] ?? 0)]));
    for (const [table, rows] of Object.entries(rowsOf(dry.due))) expect([table, gone[table]]).toEqual([table, rows]);
    expect(run).toMatchObject({ state: 'succeeded', counts: rowsOf(dry.due) });
    expect(run.deleted).toBe(run.expected);
    expect(await numbers()).toEqual(['10002', '10003', '10004', '10005']);
    expect((await retention.dryRun(tenantId)).due).toEqual([]);
    const [told] = await query<{ after: { rows: object } }>(
      `select after from audit_event where tenant_id = $1 and action = 'data.cleaned_up'`,
    );
    expect(told?.after.rows).toEqual(rowsOf(dry.due));
  });

  it('takes along customers of whom nothing is left, and the batches, references and jobs that told of them', async () => {
    await asOwner(`update customer set updated_at = '2019-01-01' where tenant_id = $1`, [tenantId]);
    await posting('10000', 'posted');
    await asOwner(
      `with b as (insert into posting_batch (tenant_id, id, connection_id, request_key, kind, body_hash, state, lease_until, first_sent_at)
         values ($1, $2, $3, '12345678', 'invoice', repeat('a', 64), 'settled', now(), now())),
       p as (update posting set batch_id = $2 where tenant_id = $1),
       r as (insert into external_ref (tenant_id, connection_id, kind, key, external_id) select $1, $3, 'document', $4, '9'),
       c as (insert into external_ref (tenant_id, connection_id, kind, key, external_id) select $1, $3, 'contact', i.customer_id::text, '8' from invoice i where i.id::text = $4)
       insert into pgboss.job (name, data, state, completed_on) values ('review.check', jsonb_build_object('tenantId', $1::text), 'completed', '2027-01-01')`,
      [tenantId, uuidv7(), source.ledgerId, idOf('10000')],
    );
    const dry = await retention.dryRun(tenantId);
    expect(rowsOf(dry.due)).toMatchObject({ customer: 2, posting: 1, posting_batch: 1, external_ref: 1, job: 1 });
    const run = await cleanUp();
    expect(run.counts).toEqual(rowsOf(dry.due));
    expect(await query('select key from external_ref where tenant_id = $1')).toEqual([]);
    expect(await query('select from customer where tenant_id = $1')).toHaveLength(4);
  });

  it('counts a period that is only thought of', async () => {
    const dry = await retention.dryRun(tenantId, { ...DEFAULT_POLICY, documentsYears: 1 });
    expect(rowsOf(dry.due)['invoice']).toBe(5);
    expect(rowsOf((await retention.dryRun(tenantId, { ...DEFAULT_POLICY, documentsYears: null })).due)['invoice']).toBeUndefined();
  });

  it.each(['planned', 'sending', 'unknown', 'refused'])('leaves a settled invoice with a posting that is %s', async (state) => {
    await posting('10000', state);
    const run = await cleanUp();
    expect(await numbers()).toContain('10000');
    expect(run.kept).toContainEqual(expect.stringContaining('1 invoice is not finished'));
  });

  it.each(['draft', 'in_review', 'approved', 'posted', 'rejected'])('leaves an invoice that is %s', async (state) => {
    await asOwner('update invoice set state = $3 where tenant_id = $1 and number = $2', [tenantId, '10000', state]);
    await posting('10001', 'posted');
    await cleanUp();
    expect(await numbers()).toEqual(['10000', '10002', '10003', '10004', '10005']);
  });

  it('does not let a deleted invoice come back as a new one', async () => {
    await cleanUp();
    await tx.run(tenantId, () =>
      opened.module
        .get(VendorRecordRepository)
        .store(
          source.connectionId,
          [{ externalId: '700', number: '10000', updatedAt: '2027-06-15T00:00:00Z', payload: aSeedInvoice(0) }],
          new Date(),
        ),
    );
    await opened.module.get(Interpret).everything(tenantId, source.connectionId, mapSeed);
    expect(await numbers()).not.toContain('10000');
  });

  it('keeps raw payloads that nobody has looked at', async () => {
    await asOwner(`update vendor_record set problem = 'odd' where tenant_id = $1 and external_id = '703'`, [tenantId]);
    await cleanUp();
    expect(await query('select external_id as id from vendor_record where tenant_id = $1')).toEqual([{ id: '703' }]);
    expect((await retention.dryRun(tenantId)).kept).toContainEqual(expect.stringContaining('1 raw record waits'));
  });

  it('keeps raw payloads that were not read yet, also when intake lets the old ones go', async () => {
    await asOwner(`update vendor_record set interpreted_at = null where tenant_id = $1 and external_id = '703'`, [tenantId]);
    const left = () => query('select external_id as id from vendor_record where tenant_id = $1');
    await tx.run(tenantId, () => opened.module.get(VendorRecordRepository).expire(source.connectionId, new Date('2030-01-01')));
    expect(await left()).toEqual([{ id: '703' }]);
    await cleanUp();
    expect(await left()).toEqual([{ id: '703' }]);
  });

  it('touches nobody else', async () => {
    const other = await createTenant(database.ownerUrl, 'Other');
    const theirs = await seedConnections(opened.module, other);
    await seedInvoices(opened.module, theirs, [aSeedInvoice(0, { content: { date: '2015-01-01' } })]);
    await asOwner(`update invoice set state = 'settled' where tenant_id = $1`, [other]);
    await cleanUp();
    const left = await tx.run(other, () => tx.query('select number from invoice where tenant_id = $1', [other]));
    expect(left).toHaveLength(1);
  });

  it('goes on where a run that died stopped', async () => {
    const { id } = await retention.cleanUp(owner);
    const store = opened.module.get(RetentionRepository);
    const cutoffs = (await retention.dryRun(tenantId)).cutoffs;
    // A process that got through one invoice and was never heard of again.
    await tx.run(tenantId, async () => {
      await store.change(id, { state: 'running', startedAt: opened.clock.now() });
      await store.count(id, await store.deleteBatch(cutoffs, 1), opened.clock.now());
    });
    const stopped = new AbortController();
    stopped.abort(new Error('The process is stopping'));
    await expect(opened.module.get(RetainJob).retain({ tenantId, id }, stopped.signal)).rejects.toThrow('stopping');
    await opened.module.get(RetainJob).retain({ tenantId, id }, SIGNAL);
    const run = await tx.run(tenantId, () => tx.rows(RetentionRunEntity).findOneByOrFail({ tenantId, id }));
    expect(run).toMatchObject({ state: 'succeeded', counts: { invoice: 2 } });
    expect(run.deleted).toBe(run.expected);
    // Once more changes nothing.
    await opened.module.get(RetainJob).retain({ tenantId, id }, SIGNAL);
  });

  it('is one at a time', async () => {
    const [one, other] = await Promise.all([retention.cleanUp(owner), retention.cleanUp(owner)]);
    expect(one.id).toBe(other.id);
  });

  it('notes its own failure and is tried again', async () => {
    const { id } = await retention.cleanUp(owner);
    await asOwner(`create function break_it() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$`);
    await asOwner(
      'create trigger broken before delete on invoice for each row execute function break_it(); alter table invoice enable always trigger broken',
    );
    await expect(opened.module.get(RetainJob).retain({ tenantId, id }, SIGNAL)).rejects.toThrow('broken');
    await asOwner('drop trigger broken on invoice; drop function break_it()');
    const run = await tx.run(tenantId, () => tx.rows(RetentionRunEntity).findOneByOrFail({ tenantId, id }));
    expect(run).toMatchObject({ state: 'running', problem: expect.stringContaining('tries again by itself') as string });
    await opened.module.get(RetainJob).retain({ tenantId, id }, SIGNAL);
    expect(await numbers()).toHaveLength(4);
  });
});

describe('the record of events', () => {
  const old = () => query(`select from audit_event where tenant_id = $1 and action = 'old.event'`);

  /** Three events of which the period is over; the database's own clock decides that nothing younger than 30 days goes. */
  beforeEach(async () => {
    await asOwner(
      `insert into audit_event (tenant_id, id, at, actor_kind, actor_id, actor_label, action, subject_kind, subject_id)
       select $1, gen_random_uuid(), '2026-02-01'::timestamptz + n * interval '1 minute', 'system', 'x', 'x', 'old.event', 'x', 'x' from generate_series(1, 3) n`,
      [tenantId],
    );
    await asOwner(
      'insert into audit_unsealed (tenant_id, at, id) select tenant_id, at, id from audit_event where tenant_id = $1 and action = $2',
      [tenantId, 'old.event'],
    );
    await tx.run(tenantId, () => opened.module.get(AuditSealer).sealVisible());
    await retention.save(owner, { ...DEFAULT_POLICY, auditYears: 1 });
    opened.clock.set('2027-03-01T12:00:00Z');
  });

  it('goes from its beginning once it is older than its own period, never under a hold', async () => {
    const hold = await opened.module.get(Holds).set(owner, { scope: 'invoice', subject: '10005', reason: 'Audit' });
    await cleanUp();
    expect([(await old()).length, rowsOf((await retention.dryRun(tenantId)).due)['audit_event']]).toEqual([3, undefined]);
    await opened.module.get(Holds).lift(owner, hold);
    expect(rowsOf((await retention.dryRun(tenantId)).due)['audit_event']).toBe(3);
    expect((await cleanUp()).counts).toMatchObject({ audit_event: 3 });
    expect(await old()).toHaveLength(0);
  });

  it('goes under no hold that comes between the look at the holds and the deletion: that one waits', async () => {
    const keeper = opened.module.get(AuditKeeper);
    const outside = AsyncLocalStorage.snapshot();
    const expire = keeper.expire.bind(keeper);
    const setting = Promise.withResolvers<string>();
    const order: string[] = [];
    vi.spyOn(keeper, 'expire').mockImplementationOnce(async (olderThan) => {
      const set = outside(() => opened.module.get(Holds).set(owner, { scope: 'invoice', subject: '10005', reason: 'Audit' }));
      setting.resolve(set.finally(() => order.push('held')));
      await Promise.race([set, someoneWaitsForLock(database)]);
      const gone = await expire(olderThan);
      order.push(`${gone} gone`);
      return gone;
    });
    await cleanUp();
    await setting.promise;
    expect(order).toEqual(['3 gone', 'held']);
  });
});

describe('a legal hold', () => {
  const holds = () => opened.module.get(Holds);

  it.each([
    ['invoice', '10000', ['10000']],
    ['customer', 'Harborview Dental Group', ['10000']],
    ['tenant', '', ['10000', '10001']],
  ] as const)('on a %s keeps what it covers, until it is lifted', async (scope, subject, kept) => {
    const id = await holds().set(owner, { scope, subject, reason: 'Dispute 17/2027' });
    const raw = await query('select external_id from vendor_record where tenant_id = $1');
    await cleanUp();
    expect(await numbers()).toEqual([...kept, '10002', '10003', '10004', '10005']);
    expect(await query('select external_id from vendor_record where tenant_id = $1')).toHaveLength(scope === 'tenant' ? raw.length : 1);
    await holds().lift(owner, id);
    await cleanUp();
    expect(await numbers()).toEqual(['10002', '10003', '10004', '10005']);
    const actions = await query<{ action: string }>(
      `select action from audit_event where tenant_id = $1 and action like 'data.hold%' order by id`,
    );
    expect(actions.map(({ action }) => action)).toEqual(['data.hold_set', 'data.hold_lifted']);
  });

  it('names who set it and why, and what is not there is said', async () => {
    await holds().set(owner, { scope: 'invoice', subject: '10003', reason: ' Audit ' });
    expect(await holds().list(tenantId)).toMatchObject([
      { subjectId: idOf('10003'), reason: 'Audit', setByLabel: 'owner key', liftedAt: null },
    ]);
    await expect(holds().set(owner, { scope: 'invoice', subject: '99', reason: 'x' })).rejects.toMatchObject({
      facts: { field: 'subject' },
    });
    await expect(holds().set(owner, { scope: 'tenant', subject: '', reason: ' ' })).rejects.toMatchObject({ facts: { field: 'reason' } });
    await expect(holds().lift(owner, uuidv7())).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('stops the expiry of intake, too', async () => {
    const expire = () =>
      tx.run(tenantId, () => opened.module.get(VendorRecordRepository).expire(source.connectionId, new Date('2030-01-01')));
    await holds().set(owner, { scope: 'invoice', subject: '10003', reason: 'Audit' });
    expect(await expire()).toBe(5);
    await holds().set(owner, { scope: 'tenant', subject: '', reason: 'Audit' });
    expect(await expire()).toBe(0);
  });
});

describe('every night', () => {
  it('each tenant gets one clean-up, however many processes look', async () => {
    const nightly = opened.module.get(Nightly);
    nightly.start();
    await Promise.all([nightly.tick(), nightly.tick()]);
    expect(await query('select requested_by as by from retention_run where tenant_id = $1')).toEqual([{ by: 'Countersign' }]);
    await nightly.tick();
    expect(await query('select from retention_run where tenant_id = $1')).toHaveLength(1);
    const [task] = await query<{ next: Date }>(`select next_due_at as next from tenant_task where tenant_id = $1 and kind = 'retention'`);
    expect(task?.next.getTime()).toBeGreaterThan(opened.clock.now().getTime());
    const jobs = await tx.run(tenantId, () =>
      tx.query(`select from pgboss.job where name = 'lifecycle.retain' and data ->> 'tenantId' = $1`, [tenantId]),
    );
    expect(jobs).toHaveLength(1);
  });
});

async function tableCounts(): Promise<Record<string, number>> {
  const rows = await query<{ table: string; count: number }>(
    `select t.name as table, (xpath('/row/c/text()', query_to_xml(format('select count(*) as c from %I where tenant_id = %L', t.name, $1::uuid), false, true, '')))[1]::text::int as count
     from (select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
           where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity) t`,
  );
  return Object.fromEntries(rows.map(({ table, count }) => [table, count]));
}
