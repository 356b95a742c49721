/** Goal: a tenant's rows are reachable only inside that tenant's transaction. Real Postgres, real policies, as the app role. */
import 'reflect-metadata';
import { Test, type TestingModule } from '@nestjs/testing';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../src/platform/postgres/roles.js';
import { SYSTEM } from '../../src/database/audit/actor.js';
import { AuditLog } from '../../src/database/audit/audit-log.js';
import { JobQueue } from '../../src/jobs/job-queue.js';
import { Leases } from '../../src/database/leases.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { TenantSettingsEntity } from '../../src/identity/tenant-settings.entity.js';
import { dataModules } from '../support/data-modules.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTenant } from '../support/tenant.js';

let database: TestDatabase;
let module: TestingModule;
let tx: TenantTransaction;
let here: string;
let there: string;

beforeAll(async () => {
  database = await createTestDatabase();
  module = await Test.createTestingModule({ imports: [...dataModules(database)] }).compile();
  tx = module.get(TenantTransaction);
  here = await createTenant(database.ownerUrl, 'Here');
  there = await createTenant(database.ownerUrl, 'There');
});

afterAll(async () => {
  await module.close();
  await database.drop();
});

describe('TenantTransaction', () => {
  it('shows a tenant its own rows and nobody else’s', async () => {
    const names = await tx.run(here, async () => (await tx.rows(TenantSettingsEntity).find()).map((row) => row.name));
    expect(names).toEqual(['Here']);
  });

  it('throws where no transaction is open', () => {
    expect(() => tx.rows(TenantSettingsEntity)).toThrow('No tenant transaction is open');
  });

  it('refuses to turn into another tenant inside a transaction', async () => {
    await expect(tx.run(here, () => tx.run(there, async () => 1))).rejects.toThrow('cannot turn into');
  });

  it.each(['', 'not-a-uuid', "' or true --"])('refuses %j as a tenant', async (tenantId) => {
    await expect(tx.run(tenantId, async () => 1)).rejects.toThrow('lower-case UUID');
  });

  it('leaves nothing behind when the work throws, not even the job', async () => {
    const queue = module.get(JobQueue);
    const work = tx.run(here, async () => {
      await module.get(AuditLog).record(SYSTEM, { action: 'test.happened', subject: { kind: 'test', id: '1' } });
      await queue.enqueue('document.render', '0199f0a0-0000-7000-8000-000000000001');
      throw new Error('stop');
    });
    await expect(work).rejects.toThrow('stop');
    expect(await tx.run(here, () => tx.rows(AuditEventEntity).countBy({ action: 'test.happened' }))).toBe(0);
    expect(await module.get(PgBoss).fetch('document.render')).toEqual([]);
  });

  it('enqueues with the change that asked for it', async () => {
    await tx.run(here, () => module.get(JobQueue).enqueue('document.render', '0199f0a0-0000-7000-8000-000000000002'));
    const [job] = await module.get(PgBoss).fetch('document.render');
    expect(job?.data).toEqual({ tenantId: here, id: '0199f0a0-0000-7000-8000-000000000002' });
  });

  it('cannot change evidence', async () => {
    await tx.run(here, () => module.get(AuditLog).record(SYSTEM, { action: 'test.kept', subject: { kind: 'test', id: '1' } }));
    await expect(tx.run(here, () => tx.execute("update audit_event set action = 'x'"))).rejects.toThrow(/permission denied/);
    await expect(tx.run(here, () => tx.execute('delete from audit_event'))).rejects.toThrow(/permission denied/);
    // Nor does whoever has every right on the table: beside the grants a trigger stands before each row.
    await withClient(database.ownerUrl, async (owner) => {
      await expect(owner.query("update audit_event set action = 'x'")).rejects.toThrow(/rows are evidence and are never changed/);
      await expect(owner.query('delete from audit_event')).rejects.toThrow(/rows are evidence and are never changed/);
    });
  });
});

describe('Leases', () => {
  it('lets one process in at a time, and the next when it is done', async () => {
    const leases = module.get(Leases);
    const inside = await leases.hold(here, 'send:1', 5_000, async () => await leases.hold(here, 'send:1', 5_000, async () => 'both'));
    expect(inside).toEqual({ result: undefined });
    expect(await leases.hold(here, 'send:1', 5_000, async () => 'next')).toEqual({ result: 'next' });
  });

  it('takes over from a holder whose time ran out', async () => {
    const leases = module.get(Leases);
    await tx.run(here, () =>
      tx.execute("insert into lease (tenant_id, name, holder, until) values ($1, 'dead', gen_random_uuid(), now() - interval '1 second')", [
        here,
      ]),
    );
    expect(await leases.hold(here, 'dead', 5_000, async () => 'mine')).toEqual({ result: 'mine' });
  });
});
