/**
 * Goal: transactions of many tenants over one small pool, many of them broken off, never see each other's rows. The million is
 * `npm run bench:long`; this is the same run, shorter. Real pool, real policies, as the app role.
 */
import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataSource } from '../../src/database/data-source.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { runPooledTransactions } from '../support/pooled-transactions.js';
import { createTenant } from '../support/tenant.js';

const POOL = 4;

let database: TestDatabase;
let dataSource: DataSource;
let tenants: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await openDataSource(database.appUrl, POOL);
  tenants = await Promise.all(Array.from({ length: 20 }, (_, index) => createTenant(database.ownerUrl, `MSP ${index}`)));
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

describe('a pool shared by all tenants', () => {
  it('shows each of 10,000 transactions its own row and no other, however the one before ended', async () => {
    const tx = new TenantTransaction(dataSource);
    const tally = await runPooledTransactions({ tx, tenants, transactions: 10_000, concurrency: 3 * POOL, seed: 20_261_101 });
    expect(tally.surprises).toEqual([]);
    expect(tally.foreignRows).toBe(0);
    expect(tally.committed).toBeGreaterThan(4_000);
    expect(tally.aborted).toBeGreaterThan(4_000);
  });

  it('names no tenant, no scope and no other role on a connection that was given back', async () => {
    const settings = await Promise.all(
      Array.from({ length: 3 * POOL }, () =>
        dataSource.query<{ left: string }[]>(
          "select concat(current_setting('app.tenant_id', true), current_setting('app.scope', true), current_user) as left",
        ),
      ),
    );
    expect(new Set(settings.flat().map(({ left }) => left))).toEqual(new Set(['countersign_app']));
    expect(await dataSource.query('select * from tenant_settings')).toEqual([]);
  });

  it('would be seen to leak if a role stayed set on its connection', async () => {
    const careless = await openDataSource(database.appUrl, POOL);
    await Promise.all(
      Array.from({ length: POOL }, () => careless.query("select set_config('role', 'countersign_limited', false), pg_sleep(0.2)")),
    );
    const tx = new TenantTransaction(careless);
    const tally = await runPooledTransactions({ tx, tenants, transactions: 100, concurrency: POOL, seed: 1 });
    await careless.destroy();
    expect(tally.surprises[0]).toMatch(/ran as countersign_limited, not as countersign_app/);
  });

  it('would be seen to leak if a tenant stayed set on its connection', async () => {
    const careless = new TenantTransaction(dataSource);
    const honest = careless.run.bind(careless);
    careless.run = async (tenantId, work) =>
      await honest(tenantId, async () => {
        if (careless.tenantId === tenantId) await careless.query("select set_config('app.tenant_id', $1, true)", [tenants[0]]);
        return await work();
      });
    const tally = await runPooledTransactions({ tx: careless, tenants, transactions: 200, concurrency: POOL, seed: 1 });
    expect(tally.foreignRows).toBeGreaterThan(100);
  });
});
