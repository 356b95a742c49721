/** Goal: the trouble of one tenant stops nobody else's schedules, nightly tasks, seals and walks. Real Postgres, as the app role. */
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Nightly } from '../../src/lifecycle/nightly.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { AuditTicker } from '../../src/jobs/audit-ticker.js';
import { Ticker } from '../../src/jobs/ticker.js';
import { SYSTEM } from '../../src/database/audit/actor.js';
import { AuditLog } from '../../src/database/audit/audit-log.js';
import { AuditInspector } from '../../src/database/audit/audit-inspector.js';
import { ScheduleRepository } from '../../src/jobs/schedule.repository.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { openLifecycle, type OpenedLifecycle } from '../support/lifecycle.js';
import { seedConnections } from '../support/seed-invoices.js';
import { createTenant } from '../support/tenant.js';

let database: TestDatabase;
let opened: OpenedLifecycle;
let tx: TenantTransaction;
/** Whose rows cannot be written, and who comes after them wherever tenants stand in a row. */
let [broken, next] = ['', ''];

beforeAll(async () => {
  database = await createTestDatabase();
  opened = await openLifecycle(database);
  tx = opened.module.get(TenantTransaction);
  // The ticks below are the only ones.
  const intervals = opened.module.get(SchedulerRegistry);
  for (const name of intervals.getIntervals()) intervals.deleteInterval(name);
  broken = await createTenant(database.ownerUrl, 'Broken');
  next = await createTenant(database.ownerUrl, 'Next');
  for (const tenantId of [broken, next]) {
    const { connectionId } = await seedConnections(opened.module, tenantId);
    await tx.run(tenantId, () => opened.module.get(ScheduleRepository).ensure(connectionId, 'pull', 60));
    await record(tenantId);
  }
  await asOwner(`update tenant_task set next_due_at = '2020-01-01'`);
  await asOwner(`update tenant_task set next_due_at = '2020-01-02' where tenant_id = '${next}'`);
  await asOwner(`update schedule set next_due_at = '2020-01-01' where tenant_id = '${broken}'`);
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

async function record(tenantId: string): Promise<void> {
  await tx.run(tenantId, () =>
    opened.module.get(AuditLog).record(SYSTEM, { action: 'invoice.approved', subject: { kind: 'invoice', id: 'i' } }),
  );
}

async function asOwner(sql: string): Promise<void> {
  await withClient(database.ownerUrl, (client) => client.query(sql));
}

/** @returns what was said while the broken tenant's rows of this table could not be written */
async function saidWithout(table: string, work: () => Promise<void>): Promise<string> {
  const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  await asOwner(`create or replace function break_it() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$;
    create trigger broken before insert or update on ${table} for each row when (new.tenant_id = '${broken}') execute function break_it()`);
  await work();
  await asOwner(`drop trigger broken on ${table}`);
  const said = warn.mock.calls.map(([sentence]) => String(sentence)).join('\n');
  warn.mockRestore();
  return said;
}

const failed = (what: string): string => `${what} of ${broken} failed and will be tried again: broken`;
const count = async (table: string, tenantId: string): Promise<number> =>
  (await tx.run(tenantId, () => tx.query(`select from ${table} where tenant_id = $1`, [tenantId]))).length;

it('a schedule that cannot be claimed leaves the others theirs', async () => {
  const ticker = opened.module.get(Ticker);
  ticker.start();
  expect(await saidWithout('schedule', () => ticker.tick())).toMatch(new RegExp(`^The schedule \\S+ of ${broken} failed .*: broken$`));
  expect([await count('sync_run', broken), await count('sync_run', next)]).toEqual([0, 1]);
});

it('a nightly task that fails leaves the others theirs, and is due again', async () => {
  const nightly = opened.module.get(Nightly);
  nightly.start();
  expect(await saidWithout('retention_run', () => nightly.tick())).toBe(failed('Planning the retention'));
  expect([await count('retention_run', broken), await count('retention_run', next)]).toEqual([0, 1]);
  await nightly.tick();
  expect(await count('retention_run', broken)).toBe(1);
});

it('an audit that cannot be sealed or walked leaves the others theirs', async () => {
  const ticker = opened.module.get(AuditTicker);
  const stateOf = (tenantId: string) => opened.module.get(AuditInspector).stateOf(tenantId);
  ticker.start();
  expect(await saidWithout('audit_seal', () => ticker.seal())).toBe(failed('Sealing the audit log'));
  expect([(await stateOf(broken)).waiting, (await stateOf(next)).waiting]).toEqual([1, 0]);
  await ticker.seal();
  expect(await saidWithout('audit_chain', () => ticker.tend())).toBe(failed('Walking the audit log'));
  expect([(await stateOf(broken)).verifiedAt, (await stateOf(next)).verifiedAt]).toEqual([null, expect.any(Date)]);
});
