import type pg from 'pg';
import { APP_ROLE, withClient, type DatabaseUrls } from '../../src/platform/postgres/roles.js';

const ROLE = 'countersign_bench_bypass';

/**
 * One connection that is the app's role or one that steps over row security.
 * Two connections would not do: one of them may sit on the slower core.
 */
export interface BothRoles {
  client: pg.Client;
  /** Becomes the app's role (`ours`) or the other, for what it sends next. */
  become: (side: 'ours' | 'baseline') => Promise<void>;
}

/**
 * With a role that has every right of the app's and row security switched off.
 * @param tenants two that have invoices, by which it is seen that one role is held back and the other is not
 */
export async function withBothRoles<T>(
  urls: DatabaseUrls,
  tenants: readonly [string, string],
  work: (both: BothRoles) => Promise<T>,
): Promise<T> {
  return await withClient(urls.ownerUrl, async (client) => {
    await client.query(`create role ${ROLE} nologin inherit bypassrls in role ${APP_ROLE}`);
    const become = async (side: 'ours' | 'baseline') => void (await client.query(`set role ${side === 'ours' ? APP_ROLE : ROLE}`));
    for (const [side, seen] of [
      ['ours', 0],
      ['baseline', 1],
    ] as const) {
      await become(side);
      if ((await foreignRows(client, tenants)) !== seen) throw new Error(`The role of "${side}" sees ${1 - seen} foreign rows`);
    }
    return await work({ client, become });
  });
}

async function foreignRows(client: pg.Client, [here, there]: readonly [string, string]): Promise<number> {
  await client.query('begin');
  await client.query("select set_config('app.tenant_id', $1, true)", [here]);
  const { rowCount } = await client.query('select from invoice where tenant_id = $1 limit 1', [there]);
  await client.query('commit');
  return rowCount ?? 0;
}
