import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { databaseUrls, restrictDatabase, withClient, type DatabaseUrls } from '../../src/platform/postgres/roles.js';
import { testKey } from './test-key.js';

export interface TestDatabase extends DatabaseUrls {
  drop(): Promise<void>;
}

/** A fresh copy of the migrated template, for one test file. Needs the global setup `postgres-setup.ts`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = new URL(inject('templateUrl'));
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const maintenance = new URL(template.href);
  maintenance.pathname = '/postgres';
  await withClient(maintenance.href, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${template.pathname.slice(1)} STRATEGY FILE_COPY`),
  );
  const own = new URL(template.href);
  own.pathname = `/${name}`;
  const urls = databaseUrls(own.href, testKey);
  await withClient(urls.ownerUrl, restrictDatabase);
  return {
    ...urls,
    drop: async () => {
      await withClient(maintenance.href, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}
