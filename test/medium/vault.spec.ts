/** Goal: a tenant's key is one row that only that tenant can use, and destroying it ends everything sealed, in every process. */
import 'reflect-metadata';
import type { TestingModule } from '@nestjs/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Disconnect } from '../../src/connections/disconnect.js';
import { Connect } from '../../src/connections/connect.js';
import { SealedCredentials } from '../../src/connections/sealed-credentials.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { TransitServer } from '../../src/platform/vault/transit-server.fixture.js';
import { CannotOpen, Vault } from '../../src/platform/vault/vault.js';
import { sealAsV1 } from '../../src/platform/vault/vault.fixture.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { TenantShredding } from '../../src/connections/tenant-shredding.js';
import { ConnectionEntity } from '../../src/connections/connection.entity.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aVisitor, startPages } from '../support/pages.js';
import { createTenant } from '../support/tenant.js';
import { testKey } from '../support/test-key.js';
import { anAdmin, openConnections, PSA_KEYS, startVendors, type RunningVendors } from '../support/vendors.js';

let database: TestDatabase;
let vendors: RunningVendors;
/** Two processes on one database. */
let first: TestingModule;
let second: TestingModule;
let tx: TenantTransaction;
let admin: Principal;

beforeAll(async () => {
  [database, vendors] = await Promise.all([createTestDatabase(), startVendors(['connectwise'])]);
  [first, second] = await Promise.all([openConnections(database, vendors), openConnections(database, vendors)]);
  tx = first.get(TenantTransaction);
});

afterAll(async () => {
  await first.close();
  await second.close();
  await vendors.close();
  await database.drop();
});

beforeEach(async () => {
  admin = anAdmin(await createTenant(database.ownerUrl, 'MSP'));
});

async function connected(caller = admin, process = first): Promise<string> {
  const outcome = await process.get(Connect).submit(caller, 'connectwise', PSA_KEYS);
  if (!('connectionId' in outcome)) throw new Error('One account was expected');
  return outcome.connectionId;
}

const read = (process: TestingModule, id: string, tenantId = admin.tenantId) => process.get(SealedCredentials).read(tenantId, id);
const shred = () => first.get(TenantShredding).shredTenant(admin.tenantId, admin.actor);

describe('the key of a tenant', () => {
  it('is made with the first secret, and another tenant that copies the row opens nothing with it', async () => {
    const id = await connected();
    const other = anAdmin(await createTenant(database.ownerUrl, 'Other'));
    const theirs = await connected(other);
    // Whoever could write every table: the superuser.
    await withClient(database.ownerUrl, (owner) =>
      owner.query(
        `update tenant_key t set id = s.id, wrapped_key = s.wrapped_key from tenant_key s where t.tenant_id = $1 and s.tenant_id = $2`,
        [other.tenantId, admin.tenantId],
      ),
    );
    await withClient(database.ownerUrl, (owner) =>
      owner.query(`update connection t set sealed_credentials = s.sealed_credentials from connection s where t.id = $1 and s.id = $2`, [
        theirs,
        id,
      ]),
    );
    await expect(read(second, theirs, other.tenantId)).rejects.toThrow(CannotOpen);
    expect((await read(second, id)).credentials).toMatchObject({ privateKey: PSA_KEYS['privateKey'] });
  });

  it('destroyed ends every sealed value in all processes at once, for ever, and is told in the audit log', async () => {
    const id = await connected();
    const sealed = await first.get(Vault).seal('x', { tenantId: admin.tenantId, connectionId: id, field: 'other' });
    for (const process of [first, second]) expect((await read(process, id)).credentials).toBeTruthy();
    expect(await shred()).toBe(true);
    expect(await shred()).toBe(false);
    for (const process of [first, second]) {
      await expect(read(process, id)).rejects.toThrow(CannotOpen);
      const vault = process.get(Vault);
      const context = { tenantId: admin.tenantId, connectionId: id, field: 'other' };
      await expect(vault.open(sealed, context)).rejects.toThrow(CannotOpen);
      await expect(vault.seal('y', context)).rejects.toThrow(CannotOpen);
    }
    const revive = 'update tenant_key set wrapped_key = $2, destroyed_at = null where tenant_id = $1';
    await expect(tx.run(admin.tenantId, () => tx.execute(revive, [admin.tenantId, 'v2.k1.AAAA']))).rejects.toThrow(/was destroyed/);
    const events = await tx.run(admin.tenantId, () => tx.rows(AuditEventEntity).findBy({ action: 'tenant.keys_destroyed' }));
    expect(events).toMatchObject([{ actorId: admin.actor.id, subjectId: admin.tenantId }]);
  });

  it('destroyed takes along what hangs on the key ring alone, and lets a connection be ended', async () => {
    const id = await connected();
    const sealed = sealAsV1({ id: 'k1', bytes: testKey }, '{}', { tenantId: admin.tenantId, connectionId: id, field: 'credentials' });
    const change = () => tx.run(admin.tenantId, () => tx.rows(ConnectionEntity).update({ id }, { sealedCredentials: sealed }));
    await change();
    expect((await read(second, id)).credentials).toEqual({});
    await shred();
    const row = await tx.run(admin.tenantId, () => tx.rows(ConnectionEntity).findOneByOrFail({ id }));
    expect(row).toMatchObject({ state: 'disconnected', sealedCredentials: null });
  });

  it('that is gone does not stand in the way of a disconnect', async () => {
    const id = await connected();
    await shred();
    expect(await first.get(Disconnect).end(admin, id)).toEqual({ revoked: false });
  });

  it('leaves a tombstone where there was none, so that nothing is sealed any more', async () => {
    expect(await shred()).toBe(false);
    await expect(connected()).rejects.toThrow(CannotOpen);
  });
});

describe('sealing', () => {
  it('inside a database transaction is refused: the keys may be a network away', async () => {
    const context = { tenantId: admin.tenantId, connectionId: 'c', field: 'f' };
    await expect(tx.run(admin.tenantId, () => first.get(Vault).seal('x', context))).rejects.toThrow(/never inside one/);
  });

  it('for one account that many connect at the same moment ends with one connection that opens', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, (_, index) => connected(admin, index % 2 === 0 ? first : second)));
    expect(new Set(ids).size).toBe(1);
    expect((await read(second, ids[0] ?? '')).credentials).toMatchObject({ privateKey: PSA_KEYS['privateKey'] });
  });
});

describe('a key service', () => {
  const service = new TransitServer();
  let environment: Record<string, string>;

  beforeAll(async () => {
    environment = { ...vendors.environment, KEYS_URL: await service.start(), KEYS_TOKEN: service.token };
  });
  afterAll(() => service.stop());

  it('wraps what the database keeps, and without it nothing opens, whatever the local ring', async () => {
    const process = await openConnections(database, { environment });
    try {
      const id = await connected(admin, process);
      const key = await tx.run(admin.tenantId, () => tx.query<{ wrapped: string }>('select wrapped_key as wrapped from tenant_key'));
      expect(key[0]?.wrapped).toMatch(/^v2\.countersign-v1\./);
      expect((await read(process, id)).credentials).toMatchObject({ privateKey: PSA_KEYS['privateKey'] });
      await expect(read(first, id)).rejects.toThrow(CannotOpen);
    } finally {
      await process.close();
    }
  });

  it('that does not answer is a plain sentence on the page and in the API of health, and the rest goes on', async () => {
    const away = await startPages(database, { ...environment, KEYS_URL: 'http://127.0.0.1:1' });
    try {
      const owner = await aVisitor(away.app, away.url, admin.tenantId, 'owner');
      const answer = await owner('POST', '/connect/connectwise', { ...PSA_KEYS });
      expect(answer.status).toBe(422);
      expect(answer.text).toMatch(/holds the encryption keys does not answer.*Nothing was changed/s);
      const health = await fetch(`${away.url}/health/ready`);
      expect([health.status, await health.json()]).toEqual([200, expect.objectContaining({ database: 'ok', keys: 'unreachable' })]);
      expect((await owner('GET', '/invoices')).status).toBe(200);
      expect(await tx.run(admin.tenantId, () => tx.rows(ConnectionEntity).findBy({ tenantId: admin.tenantId }))).toEqual([]);
    } finally {
      await away.app.close();
    }
  });
});
