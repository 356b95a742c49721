/** Goal: an erased tenant leaves no row in any table, whatever dies on the way, and nobody else loses one. Real Postgres, as the app role. */
import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientBase } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PostingSwitch } from '../../src/billing/posting/posting-switch.js';
import { Certificates } from '../../src/lifecycle/erasure/certificates.js';
import { EraseTenantJob } from '../../src/lifecycle/erasure/erase-tenant.job.js';
import { TenantErasure } from '../../src/lifecycle/erasure/tenant-erasure.js';
import { Holds } from '../../src/lifecycle/holds.js';
import { Nightly } from '../../src/lifecycle/nightly.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { AuditLog } from '../../src/database/audit/audit-log.js';
import { JobQueue } from '../../src/jobs/job-queue.js';
import { ConnectionRepository } from '../../src/connections/connection.repository.js';
import { ErasureRepository } from '../../src/lifecycle/erasure/erasure.repository.js';
import { TenantSettingsRepository } from '../../src/identity/tenant-settings.repository.js';
import { DuePostingRepository } from '../../src/billing/outbox/due-posting.repository.js';
import { PostingPlanner } from '../../src/billing/outbox/posting-planner.js';
import { TenantErasureEntity } from '../../src/lifecycle/erasure/erasure.entity.js';
import { TenantSettingsEntity } from '../../src/identity/tenant-settings.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { isGlobal, tablesIn } from '../architecture/house/catalogue-tables.js';
import { plantRows } from '../architecture/house/sample-rows.js';
import { createTestDatabase, someoneWaitsForLock, type TestDatabase } from '../support/database.js';
import { openLifecycle, type OpenedLifecycle } from '../support/lifecycle.js';
import { Died, MortalTransaction } from '../support/killable-process.js';
import { aKey } from '../support/queries.js';
import { createTenant } from '../support/tenant.js';

const ALPHA = '00000000-0000-7000-8000-00000000000a';
const BETA = '00000000-0000-7000-8000-00000000000b';
const SIGNAL = new AbortController().signal;

let database: TestDatabase;
const openedOnes: OpenedLifecycle[] = [];

async function open(transactions?: typeof TenantTransaction): Promise<OpenedLifecycle> {
  const opened = await openLifecycle(database, {}, transactions);
  openedOnes.push(opened);
  return opened;
}

async function closeAll(): Promise<void> {
  for (const opened of openedOnes.splice(0)) await opened.close();
  await database.drop();
}

/** Two tenants with a row in every table, and what the installation knows of their people; the erasure of the first is due. */
async function plant(): Promise<void> {
  await withClient(database.ownerUrl, async (owner) => {
    const tables = await tablesIn(owner);
    await owner.query('insert into tenant (id) values ($1), ($2)', [ALPHA, BETA]);
    const names = tables.filter((table) => !table.isPartition && !isGlobal(table)).map(({ name }) => name);
    await plantRows(owner, names, [ALPHA, BETA]);
    for (const tenantId of [ALPHA, BETA]) await plantGlobals(owner, tenantId);
    await owner.query(`update legal_hold set lifted_at = now()`);
    await owner.query(
      `update tenant_erasure set state = 'waiting', not_before = '2027-01-01', counts = '{}', notes = '[]', posting_was_stopped = false`,
    );
    await owner.query(`update tenant_erasure set state = 'cancelled' where tenant_id = $1`, [BETA]);
    await owner.query(`update tenant_task set kind = 'erasure', next_due_at = '2027-01-01'`);
  });
}

async function plantGlobals(owner: ClientBase, tenantId: string): Promise<void> {
  const mark = Buffer.from(tenantId.padEnd(64, '0').slice(-32));
  await owner.query("insert into person (id, name, last_tenant_id, created_at) values ($1, 'x', $1, now())", [tenantId]);
  await owner.query(
    "insert into identity (issuer, subject, person_id, linked_at, last_used_at) values ('email', $1::text, $1::uuid, now(), now())",
    [tenantId],
  );
  await owner.query(
    'insert into session (id_sha256, person_id, tenant_id, created_at, last_seen_at, expires_at) values ($2, $1, $1, now(), now(), now())',
    [tenantId, mark],
  );
  await owner.query("insert into credential_lookup (kind, sha256, tenant_id, row_id) values ('api_key', $2, $1, $1)", [tenantId, mark]);
  await owner.query("insert into connection_route (connector, external_account_id, tenant_id, connection_id) values ('x', 'x', $1, $1)", [
    tenantId,
  ]);
  await owner.query(
    `insert into pgboss.job (name, data) values ('review.check', jsonb_build_object('tenantId', $1::text, 'id', $1::text))`,
    [tenantId],
  );
}

/** Everything in the database that names a tenant, as text per table. */
async function traces(tenantId: string): Promise<Record<string, string[]>> {
  return await withClient(database.ownerUrl, async (owner) => {
    const found: Record<string, string[]> = {};
    for (const { name, isPartition } of await tablesIn(owner)) {
      if (isPartition) continue;
      const { rows } = await owner.query<{ line: string }>(`select t::text as line from ${name} t where t::text like $1 order by 1`, [
        `%${tenantId}%`,
      ]);
      if (rows.length > 0) found[name] = rows.map(({ line }) => line);
    }
    const { rows } = await owner.query<{ line: string }>('select data::text as line from pgboss.job where data::text like $1', [
      `%${tenantId}%`,
    ]);
    if (rows.length > 0) found['pgboss.job'] = rows.map(({ line }) => line);
    return found;
  });
}

describe('the erasure of a tenant with a row in every table', () => {
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(closeAll);

  it('leaves nothing but the certificate, and every row of the other', async () => {
    await plant();
    const opened = await open();
    const before = await traces(BETA);
    expect(Object.keys(before).length).toBeGreaterThan(40);
    const folder = join(opened.dataDir, 'exports', ALPHA);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'x.zip'), 'x');
    await opened.module.get(EraseTenantJob).erase({ tenantId: ALPHA, id: ALPHA }, SIGNAL);
    expect(Object.keys(await traces(ALPHA))).toEqual(['tenant_certificate']);
    expect(await traces(BETA)).toEqual(before);
    expect(existsSync(folder)).toBe(false);
    const certificate = await opened.module.get(TenantErasure).certificate(ALPHA);
    expect(opened.module.get(Certificates).isGenuine(certificate)).toBe(true);
    expect(certificate.body).toMatchObject({
      kind: 'tenant',
      tenantId: ALPHA,
      rows: { invoice: 1, document_bytes: 1, membership: 1, person: 1, job: 1 },
    });
    expect(certificate.body['vendors']).toEqual([expect.stringContaining('could not be told')]);
    // A job that comes twice finds nothing to do.
    await opened.module.get(EraseTenantJob).erase({ tenantId: ALPHA, id: ALPHA }, SIGNAL);
  });

  it('goes on after dying at every step, before and after each transaction', async () => {
    await plant();
    const before = await traces(BETA);
    let lives = 0;
    for (let at = 2; ; at += 1) {
      const opened = await open(MortalTransaction);
      // The lease of the one that died has run out.
      opened.clock.set(new Date(Date.parse('2027-06-15T12:00:00Z') + at * 600_000).toISOString());
      const tx = opened.module.get<MortalTransaction>(TenantTransaction);
      tx.dieAt(at, at % 2 === 0 ? 'before' : 'after');
      try {
        await opened.module.get(EraseTenantJob).erase({ tenantId: ALPHA, id: ALPHA }, SIGNAL);
        if (!tx.isDead) break;
      } catch (error) {
        expect(error).toBeInstanceOf(Died);
      }
      lives += 1;
    }
    expect(lives).toBeGreaterThan(5);
    expect(Object.keys(await traces(ALPHA))).toEqual(['tenant_certificate']);
    expect(await traces(BETA)).toEqual(before);
  });
});

describe('an owner', () => {
  let opened: OpenedLifecycle;
  let tenantId: string;
  let owner: Principal;
  let erasure: TenantErasure;
  let tx: TenantTransaction;

  beforeAll(async () => {
    database = await createTestDatabase();
    opened = await open();
  });
  afterAll(closeAll);

  beforeEach(async () => {
    opened.clock.set('2027-06-15T12:00:00Z');
    tenantId = await createTenant(database.ownerUrl, 'Northlight');
    owner = aKey(tenantId, 'owner');
    erasure = opened.module.get(TenantErasure);
    tx = opened.module.get(TenantTransaction);
  });

  const settings = () => tx.run(tenantId, () => tx.rows(TenantSettingsEntity).findOneByOrFail({ tenantId }));
  const erase = async (id: string): Promise<void> => await opened.module.get(EraseTenantJob).erase({ tenantId, id }, SIGNAL);

  it('types the name, has seven days, and posting stops until it is undone', async () => {
    await expect(erasure.request(owner, 'northlight')).rejects.toMatchObject({ facts: { field: 'tenantName' } });
    const row = await erasure.request(owner, ' Northlight ');
    expect(row.notBefore).toEqual(new Date('2027-06-22T12:00:00Z'));
    expect((await settings()).postingStoppedBy).toBe('owner key');
    await expect(erasure.request(owner, 'Northlight')).rejects.toThrow('planned already');
    await erase(row.id);
    expect(await erasure.open(tenantId)).toMatchObject({ state: 'waiting' });
    await erasure.cancel(owner);
    expect(await erasure.open(tenantId)).toBeNull();
    expect((await settings()).postingStoppedAt).toBeNull();
    await expect(erasure.cancel(owner)).rejects.toMatchObject({ kind: 'not_found' });
    opened.clock.set('2027-07-01T12:00:00Z');
    await erase(row.id);
    expect((await settings()).name).toBe('Northlight');
  });

  it('who had stopped posting before finds it stopped after the undo', async () => {
    await tx.run(tenantId, () =>
      tx.rows(TenantSettingsEntity).update({ tenantId }, { postingStoppedAt: new Date(), postingStoppedBy: 'Jo' }),
    );
    await erasure.request(owner, 'Northlight');
    await erasure.cancel(owner);
    expect((await settings()).postingStoppedBy).toBe('Jo');
  });

  it('cannot while anything is under hold, and a hold that comes later stops it', async () => {
    const holds = opened.module.get(Holds);
    const first = await holds.set(owner, { scope: 'tenant', subject: '', reason: 'Court' });
    await expect(erasure.request(owner, 'Northlight')).rejects.toThrow('under legal hold (Court)');
    await holds.lift(owner, first);
    const row = await erasure.request(owner, 'Northlight');
    const second = await holds.set(owner, { scope: 'tenant', subject: '', reason: 'Court' });
    opened.clock.set('2027-07-01T12:00:00Z');
    await erase(row.id);
    expect(await erasure.open(tenantId)).toMatchObject({ state: 'waiting' });
    await holds.lift(owner, second);
    await erase(row.id);
    expect(Object.keys(await traces(tenantId))).toEqual(['tenant_certificate']);
  });

  it('sees it done by the nightly clock once the days are over, and cannot undo what has begun', async () => {
    const row = await erasure.request(owner, 'Northlight');
    const nightly = opened.module.get(Nightly);
    nightly.start();
    await nightly.tick();
    const jobs = () =>
      tx.run(tenantId, () => tx.query(`select from pgboss.job where name = 'lifecycle.erase' and data ->> 'tenantId' = $1`, [tenantId]));
    expect(await jobs()).toHaveLength(0);
    opened.clock.set('2027-06-22T12:00:01Z');
    await nightly.tick();
    expect(await jobs()).toHaveLength(1);
    await tx.run(tenantId, () => tx.rows(TenantErasureEntity).update({ tenantId }, { state: 'erasing' }));
    await expect(erasure.cancel(owner)).rejects.toThrow('has begun');
    await erase(row.id);
    expect((await erasure.certificate(row.certificateId)).body).toMatchObject({ company: 'Northlight' });
    await expect(erasure.certificate(tenantId)).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('who undoes it at the moment it begins is told that it has begun', async () => {
    const row = await erasure.request(owner, 'Northlight');
    opened.clock.set('2027-06-22T12:00:01Z');
    const cancelled = Promise.withResolvers<unknown>();
    const outside = AsyncLocalStorage.snapshot();
    await tx.run(tenantId, async () => {
      expect(await opened.module.get(ErasureRepository).begin(opened.clock.now())).toBe(true);
      outside(() => erasure.cancel(owner)).then(cancelled.resolve, cancelled.resolve);
      await someoneWaitsForLock(database);
    });
    expect(await cancelled.promise).toMatchObject({ kind: 'conflict', message: expect.stringContaining('has begun') as string });
    await erase(row.id);
    expect(Object.keys(await traces(tenantId))).toEqual(['tenant_certificate']);
  });

  it('stops posting for good, also for somebody who resumes it at that moment', async () => {
    const get = opened.module.get.bind(opened.module);
    const desk = new PostingSwitch(
      tx,
      get(JobQueue),
      get(DuePostingRepository),
      get(PostingPlanner),
      get(TenantSettingsRepository),
      get(ConnectionRepository),
      get(AuditLog),
    );
    const resumed = Promise.withResolvers<unknown>();
    const outside = AsyncLocalStorage.snapshot();
    await tx.run(tenantId, async () => {
      await erasure.request(owner, 'Northlight');
      outside(() => desk.resume(owner)).then(resumed.resolve, resumed.resolve);
      await someoneWaitsForLock(database);
    });
    expect(await resumed.promise).toMatchObject({ kind: 'conflict', message: expect.stringContaining('is to be erased') as string });
    expect((await settings()).postingStoppedBy).toBe('owner key');
  });

  it('is told when somebody changed a certificate or made one up', async () => {
    const certificates = opened.module.get(Certificates);
    const real = certificates.issue({ kind: 'tenant', rows: { invoice: 2 } });
    expect(certificates.isGenuine(real)).toBe(true);
    expect(certificates.isGenuine({ ...real, body: { ...real.body, rows: { invoice: 1 } } })).toBe(false);
    expect(certificates.isGenuine({ ...real, sha256: '0'.repeat(64) })).toBe(false);
    expect(certificates.isGenuine({ ...real, signature: Buffer.alloc(64).toString('base64') })).toBe(false);
    expect(
      certificates.isGenuine({
        ...real,
        body: { ...real.body, publicKey: 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=' },
      }),
    ).toBe(false);
    const { publicKey: _, ...without } = real.body;
    expect(certificates.isGenuine({ ...real, body: without })).toBe(false);
  });
});
