/** Goal: what the migrations make is known to the last right, and a change of it is seen in the commit that makes it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDatabase, withClient, type DatabaseUrls } from '../../src/platform/postgres/roles.js';
import { migrate } from '../../src/database/migrate.js';
import { unmigratedDatabase } from '../support/database.js';
import { testKey } from '../support/test-key.js';
import { schemaPrint } from './house/schema-print.js';

describe('the schema', () => {
  let urls: DatabaseUrls;
  const database = unmigratedDatabase();
  beforeAll(async () => {
    urls = await prepareDatabase(database.url, testKey);
    await migrate(urls.ownerUrl);
  });
  afterAll(() => database.drop());

  it('is the one that migrations/schema.txt shows', async () => {
    const print = await withClient(urls.ownerUrl, schemaPrint);
    await expect(
      `${print.join('\n')}\n`,
      'migrations/schema.txt shows another schema than the migrations make: if the change is meant, run "npm run schema" and commit the file with the migration.',
    ).toMatchFileSnapshot('../../migrations/schema.txt');
  });
});
