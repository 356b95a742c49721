/** Goal: what the migrations make is known to the last right, and a change of it is seen in the commit that makes it. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { prepareDatabase, withClient, type DatabaseUrls } from '../../src/platform/postgres/roles.js';
import { migrate } from '../../src/database/migrate.js';
import { testKey } from '../support/test-key.js';
import { schemaPrint } from './house/schema-print.js';

describe('the schema', () => {
  let urls: DatabaseUrls;
  const name = `schema_${process.pid}_${randomBytes(4).toString('hex')}`;
  const at = (database: string): string => {
    const url = new URL(inject('templateUrl'));
    url.pathname = `/${database}`;
    return url.href;
  };
  beforeAll(async () => {
    urls = await prepareDatabase(at(name), testKey);
    await migrate(urls.ownerUrl);
  });
  afterAll(async () => {
    await withClient(at('postgres'), (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  });

  it('is the one that migrations/schema.txt shows', async () => {
    const print = await withClient(urls.ownerUrl, schemaPrint);
    await expect(
      `${print.join('\n')}\n`,
      'migrations/schema.txt shows another schema than the migrations make: if the change is meant, run "npm run schema" and commit the file with the migration.',
    ).toMatchFileSnapshot('../../migrations/schema.txt');
  });
});
