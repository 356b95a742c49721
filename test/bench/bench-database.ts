import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { namedUrl, prepareDatabase, type DatabaseUrls } from '../../src/platform/postgres/roles.js';
import { migrate } from '../../src/database/migrate.js';
import { testKey } from '../support/test-key.js';

/** A migrated database of a server of its own, both thrown away when `work` is done; its `ownerUrl` is a superuser's, who plants rows in bulk. */
export async function withBenchDatabase<T>(work: (urls: DatabaseUrls) => Promise<T>): Promise<T> {
  const server = await startEmbeddedPostgres({ fsync: false });
  try {
    const urls = await prepareDatabase(server.superuserUrl, testKey);
    await migrate(urls.ownerUrl);
    return await work({ ...urls, ownerUrl: namedUrl(server.superuserUrl).href });
  } finally {
    await server.stop();
  }
}
