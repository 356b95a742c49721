/** Goal: the key ring goes from one key to the next while many read and renew in several processes, and no read fails. */
import 'reflect-metadata';
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestingModule } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyRotation } from '../../src/connections/key-rotation.js';
import { rotateKeys, rotatePersons } from '../../src/connections/rotate-keys.js';
import { SealedCredentials } from '../../src/connections/sealed-credentials.js';
import type { Key } from '../../src/platform/config/key-ring.js';
import { loadKeySettings } from '../../src/platform/config/load-settings.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { installationSecret } from '../../src/platform/postgres/installation-secret.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { fixedKeys } from '../../src/platform/vault/keys.js';
import { Vault } from '../../src/platform/vault/vault.js';
import { randomKey, ringOf, sealAsV1 } from '../../src/platform/vault/vault.fixture.js';
import type { Connector, Credentials } from '../../src/ports/connector.js';
import { SYSTEM } from '../../src/database/audit/actor.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { PERSONAL_COLUMNS, SEALED_COLUMNS } from '../../src/database/sealed-columns.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { plantInstallationSecret } from '../support/installation-secret.js';
import { createTenant } from '../support/tenant.js';
import { openConnections } from '../support/vendors.js';

const PROCESSES = 3;
const TENANTS = 4;
const PER_TENANT = 3;
const NO_VENDORS = { environment: {} };

interface Place {
  tenantId: string;
  connectionId: string;
}

const ringText = (...keys: Key[]) => keys.map(({ id, bytes }) => `${id}:${bytes.toString('base64')}`).join(',');
/** A vendor that gives another pair for every pair. */
const generous = {
  descriptor: { label: 'Vendor' },
  connect: {
    kind: 'oauth',
    refresh: async (held: Credentials) => ({ ...held, round: `${Number.parseInt(held['round'] ?? '0', 10) + 1}` }),
  },
} as unknown as Connector;

let database: TestDatabase;
const opened: TestingModule[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  for (const process of opened) await process.close();
  await database.drop();
});

async function processWith(keys: { keys?: string; keysFile?: string }): Promise<TestingModule> {
  const module = await openConnections(database, NO_VENDORS, keys);
  opened.push(module);
  return module;
}

/** Half of them sealed as before tenants had keys. */
async function plant(process: TestingModule, key: Key): Promise<Place[]> {
  const [tx, credentials] = [process.get(TenantTransaction), process.get(SealedCredentials)];
  const places: Place[] = [];
  for (let tenant = 0; tenant < TENANTS; tenant += 1) {
    const tenantId = await createTenant(database.ownerUrl, `MSP ${tenant}`);
    for (let index = 0; index < PER_TENANT; index += 1) {
      const connectionId = uuidv7();
      const value = { secret: connectionId, round: '0' };
      const sealed =
        (tenant + index) % 2 === 0
          ? await credentials.seal(tenantId, connectionId, value)
          : sealAsV1(key, JSON.stringify(value), { tenantId, connectionId, field: 'credentials' });
      const insert = `insert into connection (tenant_id, id, connector, external_account_id, label, state, sealed_credentials)
        values ($1, $2, 'xero', $3, 'x', 'connected', $4)`;
      await tx.run(tenantId, () => tx.execute(insert, [tenantId, connectionId, connectionId, sealed]));
      places.push({ tenantId, connectionId });
    }
  }
  return places;
}

/** Reads and renews everything over and over, in whatever processes there are at the time. */
class Load {
  reads = 0;
  renewals = 0;
  readonly failures: unknown[] = [];
  private readonly stopping = new AbortController();
  private readonly loops: Promise<void>[];

  constructor(processes: () => readonly TestingModule[], places: readonly Place[]) {
    this.loops = places.flatMap((place, index) => [
      this.loop(processes, index, (process) => this.read(process, place)),
      this.loop(processes, index + 1, (process) => this.renew(process, place)),
    ]);
  }

  async until(reads: number, renewals: number): Promise<void> {
    const [wantedReads, wantedRenewals] = [this.reads + reads, this.renewals + renewals];
    while ((this.reads < wantedReads || this.renewals < wantedRenewals) && this.failures.length === 0) await sleep(10);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.loops);
  }

  private async loop(
    processes: () => readonly TestingModule[],
    start: number,
    work: (process: TestingModule) => Promise<void>,
  ): Promise<void> {
    for (let turn = start; !this.stopping.signal.aborted; turn += 1) {
      const all = processes();
      const process = all[turn % all.length];
      try {
        if (process) await work(process);
      } catch (error) {
        this.failures.push(error);
        return;
      }
    }
  }

  private async read(process: TestingModule, { tenantId, connectionId }: Place): Promise<void> {
    const { credentials } = await process.get(SealedCredentials).read(tenantId, connectionId);
    if (credentials['secret'] !== connectionId) throw new Error('Another secret came out');
    this.reads += 1;
  }

  private async renew(process: TestingModule, { tenantId, connectionId }: Place): Promise<void> {
    const lease = process.get(SealedCredentials).lease(tenantId, connectionId, generous, AbortSignal.timeout(30_000));
    const before = await lease.current();
    const after = await lease.renew(before);
    if (after['round'] === before['round']) throw new Error('Nothing was renewed');
    this.renewals += 1;
  }
}

async function sealedIn(): Promise<{ connections: string[]; tenantKeys: string[] }> {
  return await withClient(database.ownerUrl, async (owner) => ({
    connections: (await owner.query<{ v: string }>('select sealed_credentials as v from connection')).rows.map(({ v }) => v),
    tenantKeys: (await owner.query<{ v: string }>('select wrapped_key as v from tenant_key')).rows.map(({ v }) => v),
  }));
}

describe('rotation under load', () => {
  it('by a key file that all processes share has 0 failed reads and renewals', async () => {
    const [k1, k2] = [randomKey('k1'), randomKey('k2')];
    const file = join(mkdtempSync(join(tmpdir(), 'countersign-rotation-')), 'keys');
    const write = (...keys: Key[]) => {
      writeFileSync(`${file}.new`, ringText(...keys));
      renameSync(`${file}.new`, file);
    };
    write(k1);
    await plantInstallationSecret(database.ownerUrl, k1);
    const processes = await Promise.all(Array.from({ length: PROCESSES }, () => processWith({ keysFile: file })));
    const places = await plant(processes[0] as TestingModule, k1);
    const load = new Load(() => processes, places);
    await load.until(120, 10);
    write(k2, k1);
    const progress: [number, number][] = [];
    const report = await rotateKeys(database.plainOwnerUrl, settingsOf(file), (done, total) => progress.push([done, total]));
    expect(report).toMatchObject({ tenants: TENANTS, current: 'k2', unreadable: 0 });
    expect(report.rewrapped).toBeGreaterThanOrEqual(TENANTS);
    expect(progress[0]?.[0]).toBe(0);
    expect(progress.length).toBeGreaterThan(TENANTS);
    await load.until(120, 10);
    write(k2);
    // Beyond the second in which a process may not have looked at the file.
    await sleep(1_500);
    await load.until(120, 10);
    await load.stop();
    expect(load.failures).toEqual([]);
    const { connections, tenantKeys } = await sealedIn();
    for (const envelope of connections) expect(envelope).toMatch(/^v2\.[0-9a-f-]{36}\./);
    for (const key of tenantKeys) expect(key).toMatch(/^v2\.k2\./);
    const after = await processWith({ keys: ringText(k2) });
    for (const { tenantId, connectionId } of places)
      expect((await after.get(SealedCredentials).read(tenantId, connectionId)).credentials['secret']).toBe(connectionId);
    expect(await rotateKeys(database.plainOwnerUrl, settingsOf(file))).toMatchObject({ rewrapped: 0, unreadable: 0 });
  });

  it('by restarts one after the other has none either, when the new key is known everywhere before it seals', async () => {
    const [k1, k2] = [randomKey('a1'), randomKey('a2')];
    const live = await Promise.all(Array.from({ length: PROCESSES }, () => processWith({ keys: ringText(k1) })));
    await withClient(database.ownerUrl, (owner) => owner.query('delete from connection'));
    await withClient(database.ownerUrl, (owner) => owner.query('delete from tenant_key'));
    const places = await plant(live[0] as TestingModule, k1);
    const load = new Load(() => [...live], places);
    const restartWith = async (...keys: Key[]) => {
      for (let index = 0; index < live.length; index += 1) {
        live[index] = await processWith({ keys: ringText(...keys) });
        await load.until(20, 2);
      }
    };
    await restartWith(k1, k2);
    await restartWith(k2, k1);
    await plantInstallationSecret(database.ownerUrl, k1);
    expect(await rotateKeys(database.plainOwnerUrl, loadKeySettings({ COUNTERSIGN_KEYS: ringText(k2, k1) }))).toMatchObject({
      unreadable: 0,
    });
    await restartWith(k2);
    await load.stop();
    expect(load.failures).toEqual([]);
  });
});

describe('a rotation', () => {
  it('that was cut off goes on where it stopped, says how far it is, and stands in the audit log', async () => {
    const [k1, k2] = [randomKey('b1'), randomKey('b2')];
    await withClient(database.ownerUrl, (owner) => owner.query('delete from connection'));
    await withClient(database.ownerUrl, (owner) => owner.query('delete from tenant_key'));
    const before = await processWith({ keys: ringText(k1) });
    const [place] = await plant(before, k1);
    const tenantId = place?.tenantId ?? '';
    const rotating = (await processWith({ keys: ringText(k2, k1) })).get(KeyRotation);
    expect(await rotating.state(tenantId)).toEqual({ wrappedBy: 'b1', current: 'b2', total: 4, done: 2 });
    const stop = new AbortController();
    const cut = rotating.ofTenant(tenantId, SYSTEM, () => stop.abort(new Error('cut off')), stop.signal);
    await expect(cut).rejects.toThrow('cut off');
    expect(await rotating.state(tenantId)).toEqual({ wrappedBy: 'b2', current: 'b2', total: 4, done: 3 });
    expect(await rotating.ofTenant(tenantId, SYSTEM)).toEqual({ rewrapped: 1, unreadable: 0 });
    expect(await rotating.state(tenantId)).toMatchObject({ total: 4, done: 4 });
    const tx = before.get(TenantTransaction);
    const events = await tx.run(tenantId, () => tx.rows(AuditEventEntity).findBy({ action: 'tenant.keys_rotated' }));
    expect(events).toMatchObject([{ after: { key: 'b2', rewrapped: 1 } }]);
  });

  it('names what does not open and leaves it as it is', async () => {
    const [lost, k2] = [randomKey('c1'), randomKey('c2')];
    const tenantId = await createTenant(database.ownerUrl, 'MSP');
    const process = await processWith({ keys: ringText(k2) });
    const connectionId = uuidv7();
    const sealed = sealAsV1(lost, '{}', { tenantId, connectionId, field: 'credentials' });
    const tx = process.get(TenantTransaction);
    const insert = `insert into connection (tenant_id, id, connector, external_account_id, label, state, sealed_credentials)
        values ($1, $2, 'xero', 'x', 'x', 'connected', $3)`;
    await tx.run(tenantId, () => tx.execute(insert, [tenantId, connectionId, sealed]));
    expect(await process.get(KeyRotation).ofTenant(tenantId, SYSTEM)).toEqual({ rewrapped: 0, unreadable: 1 });
    expect((await sealedIn()).connections).toContain(sealed);
  });

  it('visits what belongs to persons, too', async () => {
    const [k1, k2, lost] = [randomKey('d1'), randomKey('d2'), randomKey('d0')];
    const vaults = await Promise.all([k1, k2, lost].map(async (key) => (await processWith({ keys: ringText(key) })).get(Vault)));
    const rotating = (await processWith({ keys: ringText(k2, k1) })).get(Vault);
    const [first, second] = [uuidv7(), uuidv7()];
    const sealed = [
      [first, await vaults[0]?.seal('one', { personId: first, field: 'totp' })],
      [second, await vaults[2]?.seal('two', { personId: second, field: 'totp' })],
    ];
    const column = { table: 'rotation_sample', column: 'sealed', person: 'person_id', field: 'totp' };
    await withClient(database.plainOwnerUrl, async (owner) => {
      await owner.query('create table rotation_sample (person_id uuid primary key, sealed text)');
      for (const row of sealed) await owner.query('insert into rotation_sample values ($1, $2)', row);
    });
    expect(await rotatePersons(database.plainOwnerUrl, rotating, column, 'd2')).toEqual({ rewrapped: 1, unreadable: 1 });
    const { rows } = await withClient(database.plainOwnerUrl, (owner) =>
      owner.query<{ sealed: string }>('select sealed from rotation_sample where person_id = $1', [first]),
    );
    expect(await vaults[1]?.open(rows[0]?.sealed ?? '', { personId: first, field: 'totp' })).toBe('one');
    await withClient(database.plainOwnerUrl, (owner) => owner.query('drop table rotation_sample'));
  });

  it('knows every column that holds something sealed', async () => {
    const { rows } = await withClient(database.plainOwnerUrl, (owner) =>
      owner.query<{ table: string; column: string }>(
        `select c.relname as table, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname like '%sealed%' and not a.attisdropped
           and format_type(a.atttypid, null) in ('text', 'bytea')`,
      ),
    );
    const listed = [...SEALED_COLUMNS, ...PERSONAL_COLUMNS].map(({ table, column }) => `${table}.${column}`);
    expect(listed.toSorted()).toEqual(rows.map(({ table, column }) => `${table}.${column}`).toSorted());
  });
});

describe('the passwords of the database roles', () => {
  it('stay the same through a rotation, and a ring without the key of the database is refused', async () => {
    const [k1, k2, other] = [randomKey('e1'), randomKey('e2'), randomKey('e3')];
    await withClient(database.ownerUrl, (owner) => owner.query('delete from installation_secret'));
    const secretWith = async (first: Key, ...more: Key[]) =>
      await installationSecret(database.plainOwnerUrl, fixedKeys(ringOf(first, ...more)));
    const secret = await secretWith(k1);
    expect(await secretWith(k1)).toEqual(secret);
    await expect(secretWith(other)).rejects.toThrow(/last used with the key e1\. Put that key back/);
    expect(await secretWith(k2, k1)).toEqual(secret);
    expect(await secretWith(k2)).toEqual(secret);
    await expect(secretWith(k1)).rejects.toThrow(/last used with the key e2/);
    const all = await Promise.all([1, 2, 3].map(() => secretWith(k2)));
    expect(new Set(all.map((each) => each.toString('hex'))).size).toBe(1);
  });
});

function settingsOf(file: string) {
  return loadKeySettings({ COUNTERSIGN_KEYS_FILE: file });
}
