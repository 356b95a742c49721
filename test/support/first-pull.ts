import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { databaseUrls, restrictDatabase, withClient, type DatabaseUrls } from '../../src/platform/postgres/roles.js';
import { testKey } from './test-key.js';

/** What the pretended PSA and ledgers held, and what we had read of it, when the first pull was over. */
export interface FirstPull {
  /** Name of the database to copy. */
  template: string;
  /** Folder of the vendors' files, to be copied. */
  vendors: string;
}

/** Any number that nothing else locks on the tests' server. */
const ONE_AT_A_TIME = 7_411;

/**
 * Reading the same month anew took every spec its first seconds, so the first one that wants it does it for all of the run.
 * @param pull connects a tenant in this database, with the vendors' files in that folder, pulls, and closes everything
 */
export async function firstPull(pull: (database: DatabaseUrls, vendors: string) => Promise<void>): Promise<FirstPull> {
  const migrated = new URL(inject('templateUrl'));
  const template = `${migrated.pathname.slice(1)}_pulled`;
  const vendors = join(inject('scratchFolder'), 'first-pull');
  const building = new URL(migrated.href);
  building.pathname = `/${template}_building`;
  const maintenance = new URL(migrated.href);
  maintenance.pathname = '/postgres';
  await withClient(maintenance.href, async (client) => {
    // Given back when this connection ends, whatever happens.
    await client.query('select pg_advisory_lock($1)', [ONE_AT_A_TIME]);
    if ((await client.query('select from pg_database where datname = $1', [template])).rowCount !== 0) return;
    rmSync(vendors, { recursive: true, force: true });
    await client.query(`DROP DATABASE IF EXISTS ${template}_building WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${template}_building TEMPLATE ${migrated.pathname.slice(1)} STRATEGY FILE_COPY`);
    const urls = databaseUrls(building.href, testKey);
    await withClient(urls.ownerUrl, restrictDatabase);
    await pull(urls, vendors);
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [`${template}_building`]);
    await client.query(`ALTER DATABASE ${template}_building ALLOW_CONNECTIONS false`);
    await client.query(`ALTER DATABASE ${template}_building RENAME TO ${template}`);
  });
  return { template, vendors };
}
