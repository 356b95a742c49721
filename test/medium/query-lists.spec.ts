/** Goal: postings, connections and evidence are told completely, page by page, to their own tenant alone. Real Postgres, as the app role. */
import 'reflect-metadata';
import type { TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditQuery } from '../../src/billing/queries/audit-query.js';
import { ConnectionQuery } from '../../src/billing/queries/connection-query.js';
import type { Page, PageRequest } from '../../src/billing/queries/page.js';
import { PostingQuery } from '../../src/billing/queries/posting-query.js';
import { SyncRunCommands } from '../../src/connections/sync-run-commands.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { SYSTEM, type Principal } from '../../src/database/audit/actor.js';
import { AuditLog } from '../../src/database/audit/audit-log.js';
import { PostingPlanner } from '../../src/billing/outbox/posting-planner.js';
import { SyncRunRepository } from '../../src/jobs/sync-run.repository.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aPerson, openReading } from '../support/queries.js';
import { aSeedInvoice, seedConnections, seedInvoices, type SeededSource } from '../support/seed-invoices.js';
import { createTenant } from '../support/tenant.js';

const INVOICES = 23;

let database: TestDatabase;
let module: TestingModule;
let tx: TenantTransaction;
let source: SeededSource;
let owner: Principal;
let stranger: Principal;

beforeAll(async () => {
  database = await createTestDatabase();
  module = await openReading(database);
  tx = module.get(TenantTransaction);
  source = await seedConnections(module, await createTenant(database.ownerUrl, 'Here'));
  owner = aPerson(source.tenantId, 'owner');
  stranger = aPerson(await createTenant(database.ownerUrl, 'There'), 'owner');
  const ids = await seedInvoices(
    module,
    source,
    Array.from({ length: INVOICES }, (_, index) => aSeedInvoice(index)),
  );
  await tx.run(source.tenantId, async () => {
    for (const [number, invoiceId] of ids) {
      const common = { connectionId: source.ledgerId, intentKey: invoiceId, invoiceId, notBefore: new Date(), createdBy: 'Jo' };
      await module.get(PostingPlanner).plan({ ...common, operation: 'document', intent: { number, total: '10', currency: 'USD' } });
      await module.get(AuditLog).record(SYSTEM, { action: 'test.happened', subject: { kind: 'invoice', id: invoiceId } });
    }
    await tx.execute(`update posting set state = 'refused', cause = 'No.' where tenant_id = $1 and intent ->> 'number' like '%3'`, [
      source.tenantId,
    ]);
  });
});

afterAll(async () => {
  await module.close();
  await database.drop();
});

async function everything<T>(limit: number, list: (request: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit, ...(cursor && { cursor }) });
    found.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor);
  return found;
}

describe('PostingReading', () => {
  it('lists each posting once, whatever the page size and state', async () => {
    const reading = module.get(PostingQuery);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: INVOICES + 2 }),
        fc.constantFrom(undefined, 'planned' as const, 'refused' as const),
        async (limit, state) => {
          const found = await everything(limit, (request) => reading.list(owner, { ...request, ...(state && { state }) }));
          const counts = await reading.counts(owner);
          expect(new Set(found.map((posting) => posting.id)).size).toBe(found.length);
          expect(found.length).toBe(state ? counts[state] : INVOICES);
          expect(found.map((posting) => posting.createdAt)).toEqual(
            found
              .map((posting) => posting.createdAt)
              .toSorted()
              .toReversed(),
          );
        },
      ),
      { numRuns: 20 },
    );
  });

  it('keeps its pages while postings change between them', async () => {
    const reading = module.get(PostingQuery);
    const first = await reading.list(owner, { limit: 10 });
    await tx.run(source.tenantId, () => tx.execute('update posting set updated_at = now() where tenant_id = $1', [source.tenantId]));
    const second = await reading.list(owner, { limit: 50, cursor: first.next ?? '' });
    expect(new Set([...first.items, ...second.items].map((posting) => posting.id)).size).toBe(INVOICES);
  });

  it('belongs to its tenant and to the asked connection', async () => {
    const reading = module.get(PostingQuery);
    const [posting] = (await reading.list(owner, { limit: 1, connectionId: source.ledgerId })).items;
    expect(posting).toMatchObject({
      invoice: { customer: expect.any(String) },
      connection: { label: 'Xero' },
      links: [{ label: 'ConnectWise PSA' }],
    });
    expect(await reading.list(owner, { limit: 5, connectionId: source.connectionId })).toEqual({ items: [], next: null });
    expect(await reading.list(stranger, { limit: 5 })).toEqual({ items: [], next: null });
    expect(Object.values(await reading.counts(stranger)).every((count) => count === 0)).toBe(true);
    await expect(reading.one(stranger, posting?.id ?? '')).rejects.toMatchObject({ kind: 'not_found' });
  });
});

describe('AuditReading', () => {
  it('pages through events of the very same instant', async () => {
    const reading = module.get(AuditQuery);
    const all = await everything(200, (request) => reading.list(owner, { ...request, action: 'test.happened' }));
    expect(all).toHaveLength(INVOICES);
    for (const limit of [1, 2, 7])
      expect(await everything(limit, (request) => reading.list(owner, { ...request, action: 'test.happened' }))).toEqual(all);
    expect(await reading.list(stranger, { limit: 5 })).toEqual({ items: [], next: null });
  });
});

describe('ConnectionReading', () => {
  it('says how a connection is, what was read and what waits for somebody', async () => {
    const at = new Date('2026-11-20T10:00:00Z');
    await tx.run(source.tenantId, async () => {
      const insert =
        'insert into schedule (tenant_id, id, connection_id, kind, interval_minutes, next_due_at) values ($1, $2, $3, $4, $5, $6)';
      await tx.execute(insert, [source.tenantId, uuidv7(), source.connectionId, 'pull', 15, at]);
      await tx.execute('insert into code_mapping (tenant_id, connection_id, kind, key, code, set_by) values ($1, $2, $3, $4, $5, $6)', [
        source.tenantId,
        source.ledgerId,
        'category',
        'service',
        '200',
        'Jo',
      ]);
      await tx.execute(`update connection set budget_left = 812, budget_day = '2026-11-20', health = $3 where tenant_id = $1 and id = $2`, [
        source.tenantId,
        source.ledgerId,
        { ok: true, sentence: 'Well.', missing: [] },
      ]);
      await tx.execute(
        `insert into vendor_record (tenant_id, connection_id, kind, external_id, number, payload, vendor_updated_at, fetched_at, expires_at, interpreted_at, problem, problem_field)
         values ($1, $2, 'invoice', '9999', '19999', '{}', $3, $3, $3, $3, 'The type is not known.', 'invoice.type')`,
        [source.tenantId, source.connectionId, at],
      );
      const runs = module.get(SyncRunRepository);
      const done = await runs.request(source.connectionId, 'pull', 'Jo');
      await runs.begin(done.id, undefined);
      await runs.advance(done.id, { expected: 3, fetched: 3, changed: 1, setAside: 1 });
      await runs.finish(done.id, 'succeeded');
    });
    const { id: running } = await module.get(SyncRunCommands).request(owner, source.connectionId);
    const [psa, ledger] = await module.get(ConnectionQuery).list(owner);
    expect(psa).toMatchObject({
      connector: 'connectwise',
      capabilities: { billingSource: true },
      schedules: [{ kind: 'pull', intervalMinutes: 15, nextDueAt: at.toISOString(), paused: false }],
      lastRun: { state: 'succeeded', expected: 3, fetched: 3, changed: 1, setAside: 1 },
      running: { id: running, state: 'queued' },
      setAside: 1,
      locations: [{ name: 'Tampa', ledgerConnectionId: source.ledgerId }],
    });
    expect(psa?.posting).toBeUndefined();
    expect(ledger).toMatchObject({
      posting: { mode: 'live' },
      budget: { left: 812, limit: 1_000, day: '2026-11-20' },
      health: { sentence: 'Well.' },
      locations: [{ name: 'Tampa' }],
      setAside: 0,
    });
    expect(await module.get(ConnectionQuery).one(owner, source.connectionId)).toMatchObject({
      runs: [{ id: running }, { state: 'succeeded' }],
      setAsideRecords: [{ externalId: '9999', number: '19999', problem: 'The type is not known.', field: 'invoice.type' }],
    });
    expect((await module.get(ConnectionQuery).one(owner, source.ledgerId)).mappings).toMatchObject([
      { kind: 'category', key: 'service', code: '200' },
    ]);
    expect(JSON.stringify([psa, ledger])).not.toContain('sealed');
  });

  it('is not there for another tenant', async () => {
    expect(await module.get(ConnectionQuery).list(stranger)).toEqual([]);
    await expect(module.get(ConnectionQuery).one(stranger, source.connectionId)).rejects.toMatchObject({ kind: 'not_found' });
    await expect(module.get(SyncRunCommands).request(stranger, source.connectionId)).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('does not run what is not authorised', async () => {
    await tx.run(source.tenantId, () =>
      tx.execute(`update connection set state = 'needs_reconnect' where tenant_id = $1 and id = $2`, [source.tenantId, source.ledgerId]),
    );
    await expect(module.get(SyncRunCommands).request(owner, source.ledgerId)).rejects.toMatchObject({ kind: 'conflict' });
  });
});
