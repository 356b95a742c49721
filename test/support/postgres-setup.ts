import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { prepareDatabase, withClient } from '../../src/platform/postgres/roles.js';
import { migrate } from '../../src/database/migrate.js';
import { testKey } from './test-key.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's URL of the migrated database that every test database is a copy of. */
    templateUrl: string;
    /** For what the files of a run share; gone after it. */
    scratchFolder: string;
  }
}

interface SharedServer {
  templateUrl: string;
  scratchFolder: string;
  stop(): Promise<void>;
  users: number;
}

const shared = globalThis as typeof globalThis & { countersignTestServer?: Promise<SharedServer> };

/** Global setup of every project that needs a database: one server and one migrated template for all projects of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.countersignTestServer ??= startTemplate();
  const server = await shared.countersignTestServer;
  server.users += 1;
  project.provide('templateUrl', server.templateUrl);
  project.provide('scratchFolder', server.scratchFolder);
  return async () => {
    server.users -= 1;
    if (server.users > 0) return;
    delete shared.countersignTestServer;
    await server.stop();
    rmSync(server.scratchFolder, { recursive: true, force: true });
  };
}

async function startTemplate(): Promise<SharedServer> {
  const server = await startEmbeddedPostgres({ fsync: false, maxConnections: 300 });
  try {
    const named = new URL(server.superuserUrl);
    named.pathname = `/template_${randomBytes(4).toString('hex')}`;
    const { ownerUrl } = await prepareDatabase(named.href, testKey);
    await migrate(ownerUrl);
    // A template with somebody connected to it cannot be copied, so nobody may connect any more.
    await withClient(server.superuserUrl, (client) => client.query(`ALTER DATABASE ${named.pathname.slice(1)} ALLOW_CONNECTIONS false`));
    const scratchFolder = mkdtempSync(join(tmpdir(), 'countersign-tests-'));
    return { templateUrl: named.href, scratchFolder, stop: () => server.stop(), users: 0 };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
