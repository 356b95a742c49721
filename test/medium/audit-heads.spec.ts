/** Goal: the chain is sealed, walked and carried out of the database without anybody's doing, and an operator can check it from outside. */
import 'reflect-metadata';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CONNECTORS } from '../../src/connectors/index.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { Config } from '../../src/platform/config/config.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { AuditTicker } from '../../src/jobs/audit-ticker.js';
import { HeadExport } from '../../src/jobs/head-export.js';
import { JobsModule } from '../../src/jobs/jobs.module.js';
import { SYSTEM } from '../../src/database/audit/actor.js';
import { AuditLog } from '../../src/database/audit/audit-log.js';
import { AuditInspector } from '../../src/database/audit/audit-inspector.js';
import { AuditWatch } from '../../src/database/audit/audit-watch.js';
import { readHeadFile } from '../../src/database/audit/head-file.js';
import { verifyAudit, type AuditReport, type VerifyWishes } from '../../src/database/audit/verify-audit.js';
import { Leases } from '../../src/database/leases.js';
import { dataModules } from '../support/data-modules.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { pastTheTriggers } from '../support/without-triggers.js';
import { createTenant } from '../support/tenant.js';
import { KEYS } from '../support/vendors.js';

let database: TestDatabase;
let module: TestingModule;
let tenantId: string;
let ticker: AuditTicker;
let witness: Server;
const told: string[] = [];
let answer = 204;
const dataDir = mkdtempSync(join(tmpdir(), 'countersign-heads-'));
const folder = join(dataDir, 'audit-heads');

beforeAll(async () => {
  database = await createTestDatabase();
  tenantId = await createTenant(database.ownerUrl, 'Witnessed');
  witness = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      if (answer === 204) told.push(body);
      response.writeHead(answer).end();
    });
  });
  await new Promise<void>((done) => witness.listen(0, '127.0.0.1', done));
  const config = loadConfig(
    {
      SANDBOX: 'on',
      DATA_DIR: dataDir,
      COUNTERSIGN_KEYS: KEYS,
      COUNTERSIGN_APP_DATABASE_URL: database.appUrl,
      COUNTERSIGN_SCHEDULER_DATABASE_URL: database.schedulerUrl,
      AUDIT_HEAD_URL: `http://127.0.0.1:${(witness.address() as AddressInfo).port}/heads`,
    },
    CONNECTORS.map((entry) => entry.descriptor),
  );
  module = await Test.createTestingModule({
    imports: [ConfigModule.of(config), ...dataModules(database), JobsModule],
  }).compile();
  // Without `init` no interval runs: the ticks below are the only ones.
  ticker = module.get(AuditTicker);
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await module.close();
  await new Promise((done) => witness.close(done));
  await database.drop();
  rmSync(dataDir, { recursive: true });
});

async function record(action = 'invoice.approved'): Promise<void> {
  const tx = module.get(TenantTransaction);
  await tx.run(tenantId, () => module.get(AuditLog).record(SYSTEM, { action, subject: { kind: 'invoice', id: 'i' } }));
}

const verify = async (wishes: VerifyWishes = {}): Promise<AuditReport> =>
  await withClient(database.plainOwnerUrl, (owner) => verifyAudit(owner, wishes));

const theFile = (): string => join(folder, readdirSync(folder)[0] ?? '');

describe('left to itself, the audit log', () => {
  it('does nothing in a process that does not work', async () => {
    await record();
    await ticker.seal();
    await ticker.tend();
    expect(await module.get(AuditInspector).stateOf(tenantId)).toMatchObject({ waiting: 1, sealedAt: null, verifiedAt: null });
  });

  it('is sealed and walked, and says when', async () => {
    ticker.start();
    await ticker.seal();
    await ticker.tend();
    const state = await module.get(AuditInspector).stateOf(tenantId);
    expect(state).toMatchObject({ waiting: 0, longestWait: 0, problem: null });
    expect(state.sealedAt).toBeInstanceOf(Date);
    expect(state.verifiedAt).toBeInstanceOf(Date);
    expect(await module.get(AuditInspector).stateOf(await createTenant(database.ownerUrl, 'Fresh'))).toMatchObject({
      waiting: 0,
      verifiedAt: null,
    });
  });

  it('has its heads in a file of the day that is signed and was told elsewhere, once', async () => {
    const file = readHeadFile(readFileSync(theFile(), 'utf8'));
    expect(file.heads).toEqual([{ tenantId, sequence: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string }]);
    expect(told.map(readHeadFile)).toEqual([file]);
    const read = vi.spyOn(module.get(AuditWatch), 'heads');
    await ticker.tend();
    expect(told).toHaveLength(1);
    expect(readdirSync(folder)).toHaveLength(1);
    // The heads of all tenants are many: for a file that is there they are not read again.
    expect(read).not.toHaveBeenCalled();
  });

  it('tells its heads again until they were taken', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    rmSync(theFile());
    answer = 503;
    await ticker.tend();
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/^Carrying out the heads .* failed .*: AUDIT_HEAD_URL answered 503/));
    expect(readdirSync(folder)).toEqual([]);
    answer = 204;
    expect(await Promise.all([module.get(HeadExport).daily(), module.get(HeadExport).daily()])).toEqual(
      expect.arrayContaining([undefined, expect.stringContaining('audit-heads')]),
    );
    expect(told).toHaveLength(2);
  });

  it('raises an alarm when an event waits too long, or a chain is broken', async () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    await record('invoice.rejected');
    await pastTheTriggers(database.ownerUrl, async (owner) => {
      await owner.query("update audit_unsealed set queued_at = now() - interval '61 seconds' where tenant_id = $1", [tenantId]);
      await owner.query("update audit_event set action = 'invoice.x' where tenant_id = $1 and action = 'invoice.approved'", [tenantId]);
      await owner.query("update audit_chain set verified_at = now() - interval '2 days' where tenant_id = $1", [tenantId]);
    });
    await ticker.tend();
    const said = error.mock.calls.map(([sentence]) => String(sentence));
    expect(said).toEqual([
      expect.stringMatching(/^An event of the audit log has been waiting for its seal for 6\d seconds/),
      expect.stringMatching(new RegExp(`^The audit chain of ${tenantId} is broken: Link 1 .* was changed`)),
    ]);
    expect((await module.get(AuditInspector).stateOf(tenantId)).problem).toMatch(/^Link 1/);
    await pastTheTriggers(database.ownerUrl, async (owner) => {
      await owner.query("update audit_event set action = 'invoice.approved' where tenant_id = $1 and action = 'invoice.x'", [tenantId]);
    });
    await ticker.seal();
    expect(await module.get(AuditInspector).verify(tenantId)).toMatchObject({ problem: undefined, links: 2 });
  });

  it('is walked by one process at a time', async () => {
    await module.get(Leases).hold(tenantId, 'audit.verify', 5_000, async () => {
      expect(await module.get(AuditInspector).verify(tenantId)).toBeUndefined();
    });
  });
});

describe('verify-audit', () => {
  it('says of each tenant in words that its chain holds', async () => {
    const { lines, broken } = await verify();
    expect(broken).toBe(false);
    expect(lines).toContain(`${tenantId}: holds. 2 links up to number 2.`);
    expect(lines).toHaveLength(2);
    expect((await verify({ tenantId })).lines).toHaveLength(1);
    expect(await verify({ tenantId: '00000000-0000-7000-8000-00000000000a' })).toMatchObject({ broken: true });
  });

  it('holds exported heads against the chain, and checks who signed them', async () => {
    const heads = readHeadFile(readFileSync(theFile(), 'utf8'));
    const keys = module.get(Config).keys.byId;
    expect((await verify({ heads })).lines[0]).toMatch(/was not checked: set COUNTERSIGN_KEYS/);
    expect(await verify({ heads, keys })).toMatchObject({
      broken: false,
      lines: [expect.stringMatching(/are signed by key/), expect.anything(), expect.anything()],
    });
    const forged = { ...heads, heads: heads.heads.map((head) => ({ ...head, hash: '0'.repeat(64) })) };
    expect((await verify({ heads: forged, keys })).lines).toEqual([
      'The file of exported heads was changed after it was written: its signature does not fit.',
    ]);
    expect(await verify({ heads: { ...heads, keyId: 'other' }, keys })).toMatchObject({
      broken: true,
      lines: [expect.stringContaining('not in the key ring')],
    });
    expect(await verify({ heads: forged })).toMatchObject({ broken: true });
    expect((await verify({ heads: forged, tenantId })).lines.at(-1)).toMatch(/BROKEN. Link 1 .* is not the link that was exported/);
    const stranger = { ...heads, heads: [{ tenantId: '00000000-0000-7000-8000-00000000000a', sequence: 1, hash: '0'.repeat(64) }] };
    expect((await verify({ heads: stranger })).lines.at(-1)).toMatch(/the database does not know it/);
  });

  it('refuses a file that holds no heads', () => {
    writeFileSync(join(dataDir, 'cut.json'), readFileSync(theFile(), 'utf8').slice(0, 40));
    expect(() => readHeadFile(readFileSync(join(dataDir, 'cut.json'), 'utf8'))).toThrow('no file of exported heads');
  });
});
