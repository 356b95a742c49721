import 'reflect-metadata';
import { openDataSource } from '../../src/database/data-source.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { runPooledTransactions } from '../support/pooled-transactions.js';
import { createTenant } from '../support/tenant.js';
import { withBenchDatabase } from './bench-database.js';
import type { BenchRow } from './row.js';

const TRANSACTIONS = 1_000_000;
const TENANTS = 100;
const POOL = 10;

/** A million transactions of a hundred tenants over ten connections, half of them broken off: how many rows of others did they see? */
export async function run(): Promise<BenchRow> {
  const tally = await withBenchDatabase(async ({ ownerUrl, appUrl }) => {
    const tenants = await Promise.all(Array.from({ length: TENANTS }, (_, index) => createTenant(ownerUrl, `MSP ${index}`)));
    const dataSource = await openDataSource(appUrl, POOL);
    try {
      const tx = new TenantTransaction(dataSource);
      return await runPooledTransactions({ tx, tenants, transactions: TRANSACTIONS, concurrency: 3 * POOL, seed: 42 });
    } finally {
      await dataSource.destroy();
    }
  });
  const ok = tally.foreignRows === 0 && tally.surprises.length === 0 && tally.committed + tally.aborted === TRANSACTIONS;
  for (const surprise of tally.surprises) console.error(surprise);
  return {
    name: 'pooled-transactions',
    value: tally.foreignRows,
    unit: `foreign rows in ${TRANSACTIONS}`,
    baseline: null,
    ratio: null,
    target: '= 0',
    ok,
  };
}
