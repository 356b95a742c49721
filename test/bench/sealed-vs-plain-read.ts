import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { GrantRepository } from '../../src/connections/grant.repository.js';
import { PaceRepository } from '../../src/connections/pace.repository.js';
import { SealedCredentials } from '../../src/connections/sealed-credentials.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import { fixedKeys } from '../../src/platform/vault/keys.js';
import { LocalWrapper } from '../../src/platform/vault/local-wrapper.js';
import { TenantKeys } from '../../src/platform/vault/tenant-keys.js';
import { Vault } from '../../src/platform/vault/vault.js';
import { AuditLog } from '../../src/database/audit/audit-log.js';
import { openDataSource } from '../../src/database/data-source.js';
import { Leases } from '../../src/database/leases.js';
import { TenantKeyRepository } from '../../src/database/tenant-key.repository.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTenant } from '../support/tenant.js';
import { testKey } from '../support/test-key.js';
import { withBenchDatabase } from './bench-database.js';
import type { BenchRow } from './row.js';
import { timeInTurns } from './taking-turns.js';

const TARGET = 0.8;
const TENANTS = 20;
const TURNS = 100;
/** As many as the pool carries: what a busy worker does, and where time spent on keys cannot hide behind the database. */
const AT_ONCE = 10;
/** The size of what a ledger hands out: a signed access token and a refresh token. */
const CREDENTIALS = { accessToken: randomBytes(900).toString('base64url'), refreshToken: randomBytes(40).toString('base64url') };

interface Place {
  tenantId: string;
  sealedId: string;
  plainId: string;
}

/** What it costs that credentials are sealed: reading them as the product does, against the same row kept plain. */
export async function run(): Promise<BenchRow> {
  const { ours, baseline } = await withBenchDatabase(async ({ appUrl, ownerUrl }) => {
    const dataSource = await openDataSource(appUrl);
    try {
      const [tx, clock] = [new TenantTransaction(dataSource), new Clock()];
      const keys = fixedKeys({ current: { id: 'k1', bytes: testKey }, byId: new Map([['k1', { id: 'k1', bytes: testKey }]]) });
      const wrapper = new LocalWrapper(keys);
      const vault = new Vault(keys, clock, wrapper, new TenantKeys(new TenantKeyRepository(tx, clock), wrapper));
      const credentials = new SealedCredentials(
        tx,
        vault,
        new Leases(tx, clock),
        new AuditLog(tx, clock),
        clock,
        new GrantRepository(tx, clock),
        new PaceRepository(tx, clock),
      );
      const places: Place[] = [];
      for (let index = 0; index < TENANTS; index += 1)
        places.push(await plant(tx, credentials, await createTenant(ownerUrl, `MSP ${index}`)));
      const sealed = async ({ tenantId, sealedId }: Place): Promise<unknown> => (await credentials.read(tenantId, sealedId)).credentials;
      const plain = async ({ tenantId, plainId }: Place): Promise<unknown> => await readPlain(tx, tenantId, plainId);
      for (const place of places) {
        for (const read of [sealed, plain])
          if (!isDeepStrictEqual(await read(place), CREDENTIALS)) throw new Error('Another value came out');
      }
      const many = (read: (place: Place) => Promise<unknown>) => async (turn: number) => {
        await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => read(places[(turn + index) % places.length] as Place)));
      };
      return await timeInTurns({ ours: many(sealed), baseline: many(plain) }, TURNS);
    } finally {
      await dataSource.destroy();
    }
  });
  const perSecond = (milliseconds: number) => (AT_ONCE * 1_000) / milliseconds;
  const ratio = perSecond(ours) / perSecond(baseline);
  return {
    name: 'sealed-vs-plain-read',
    value: perSecond(ours),
    unit: 'reads/s',
    baseline: perSecond(baseline),
    ratio,
    target: `≥ ${TARGET}`,
    ok: ratio >= TARGET,
  };
}

/** The same values twice at one tenant: sealed, and in a row that is like it in everything else. */
async function plant(tx: TenantTransaction, credentials: SealedCredentials, tenantId: string): Promise<Place> {
  const [sealedId, plainId] = [uuidv7(), uuidv7()];
  const values = new Map([
    [sealedId, await credentials.seal(tenantId, sealedId, CREDENTIALS)],
    [plainId, JSON.stringify(CREDENTIALS)],
  ]);
  const insert = `insert into connection (tenant_id, id, connector, external_account_id, label, state, sealed_credentials)
    values ($1, $2, 'xero', $3, 'Books', 'connected', $4)`;
  for (const [id, value] of values) await tx.run(tenantId, () => tx.execute(insert, [tenantId, id, id, value]));
  return { tenantId, sealedId, plainId };
}

/** As `SealedCredentials.read`, where nothing is sealed and so no key is looked at. */
async function readPlain(tx: TenantTransaction, tenantId: string, id: string): Promise<unknown> {
  const [row] = await tx.run(tenantId, () =>
    tx.query<{ plain: string; epoch: string; state: string }>(
      'select sealed_credentials as plain, grant_epoch as epoch, state from connection where tenant_id = $1 and id = $2',
      [tenantId, id],
    ),
  );
  return JSON.parse(row?.plain ?? '') as unknown;
}
