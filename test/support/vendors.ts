import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';
import { ConnectionsModule } from '../../src/connections/connections.module.js';
import { CONNECTORS } from '../../src/connectors/index.js';
import { loadVendorSandboxes } from '../../sandbox/vendors.js';
import { startSandbox, type RunningSandbox } from '../../sandbox/kit/server.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import { VendorEnvironmentModule } from '../../src/platform/config/vendor-environment.module.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { dataModules } from './data-modules.js';
import type { TestDatabase } from './database.js';
import { testKey } from './test-key.js';

export const KEYS = `k1:${testKey.toString('base64')}`;

/** So much that no test meets them; each vendor has its own words for it. */
const NO_LIMITS: Readonly<Record<string, object>> = {
  connectwise: { requestsPerMinute: 100_000 },
  quickbooks: { limits: { perSecond: 100_000, perMinute: 100_000, batchPerMinute: 100_000 } },
  xero: { minuteLimit: 100_000, latencyMs: 0 },
};

export interface RunningVendors {
  urls: Record<string, string>;
  /** The app's variables that make it talk to these servers. */
  environment: Record<string, string>;
  sandbox(key: string): RunningSandbox;
  /** `POST /_sandbox/<path>` of one vendor. */
  control(key: string, path: string, body: unknown): Promise<void>;
  /** Method and path of what one vendor was asked since the last call, without the query. */
  requests(key: string): string[];
  close(): Promise<void>;
}

/** The invented vendors in this process, with data of their own. */
export async function startVendors(keys: readonly string[] = CONNECTORS.map((entry) => entry.descriptor.key)): Promise<RunningVendors> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vendors-'));
  const environment: Record<string, string> = { CONNECTWISE_RETRY_DELAY_MS: '1' };
  const running = new Map<string, RunningSandbox>();
  for (const vendor of (await loadVendorSandboxes()).filter(({ key }) => keys.includes(key))) {
    const sandbox = await startSandbox(vendor, { dataDir, port: 0, seed: 1 });
    running.set(vendor.key, sandbox);
    Object.assign(environment, vendor.environment?.(sandbox.url));
  }
  const sandbox = (key: string): RunningSandbox => {
    const found = running.get(key);
    if (!found) throw new Error(`The sandbox of ${key} was not started`);
    return found;
  };
  const control: RunningVendors['control'] = async (key, path, body) => {
    const answer = await fetch(`${sandbox(key).url}/_sandbox${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${key} ${path}: ${await answer.text()}`);
  };
  for (const key of running.keys()) await control(key, '/options', NO_LIMITS[key]);
  return {
    urls: Object.fromEntries([...running].map(([key, { url }]) => [key, url])),
    environment,
    sandbox,
    control,
    requests: (key) => {
      const made = sandbox(key)
        .log.list()
        .map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);
      sandbox(key).log.clear();
      return made;
    },
    close: async () => {
      for (const each of running.values()) await each.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Storage, vault and connections of one process. Two of them on one database are two processes, but for the event loop. */
export async function openConnections(
  database: TestDatabase,
  vendors: Pick<RunningVendors, 'environment'>,
  more: { clock?: Clock; keys?: string; keysFile?: string; extend?: (builder: TestingModuleBuilder) => TestingModuleBuilder } = {},
): Promise<TestingModule> {
  const config = loadConfig(
    {
      SANDBOX: 'on',
      ...(more.keysFile === undefined ? { COUNTERSIGN_KEYS: more.keys ?? KEYS } : { COUNTERSIGN_KEYS_FILE: more.keysFile }),
      COUNTERSIGN_APP_DATABASE_URL: database.appUrl,
      COUNTERSIGN_SCHEDULER_DATABASE_URL: database.schedulerUrl,
      ...vendors.environment,
    },
    CONNECTORS.map((entry) => entry.descriptor),
  );
  const imports = [ConfigModule.of(config), VendorEnvironmentModule.of(config), ...dataModules(database), ConnectionsModule];
  const builder = Test.createTestingModule({ imports });
  if (more.clock) builder.overrideProvider(Clock).useValue(more.clock);
  return await (more.extend?.(builder) ?? builder).compile();
}

/** What the invented PSA accepts on its connect page. */
export const PSA_KEYS: Readonly<Record<string, string>> = {
  site: 'na.myconnectwise.net',
  companyId: 'lumenit',
  publicKey: 'sandboxpublic',
  privateKey: 'sandboxprivate',
};

/** Somebody who may connect things. */
export function anAdmin(tenantId: string, name = 'Dana Roe'): Principal {
  return { tenantId, role: 'admin', actor: { kind: 'person', id: `person-${name}`, label: name } };
}
