import 'reflect-metadata';
import { withClient } from '../../src/platform/postgres/roles.js';
import { openDataSource } from '../../src/database/data-source.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { withBenchDatabase } from './bench-database.js';
import type { BenchRow } from './row.js';
import { timeInTurns } from './taking-turns.js';

const TURNS = 1_000;
const TENANT = '0198b000-0000-7000-8000-000000000001';
const TRIVIAL = 'select $1::int as one';

/** What TypeORM, the pool and naming the tenant add to begin, one trivial query and commit on a bare connection. */
export async function run(): Promise<BenchRow> {
  const times = await withBenchDatabase(async ({ appUrl }) => {
    const dataSource = await openDataSource(appUrl);
    const tx = new TenantTransaction(dataSource);
    try {
      return await withClient(appUrl, (bare) =>
        timeInTurns(
          {
            ours: async () => void (await tx.run(TENANT, () => tx.query(TRIVIAL, [1]))),
            baseline: async () => {
              await bare.query('begin');
              await bare.query(TRIVIAL, [1]);
              await bare.query('commit');
            },
          },
          TURNS,
        ),
      );
    } finally {
      await dataSource.destroy();
    }
  });
  const { ours, baseline } = times;
  return { name: 'tenant-tx-vs-bare', value: ours, unit: 'ms/transaction', baseline, ratio: ours / baseline, target: null, ok: true };
}
