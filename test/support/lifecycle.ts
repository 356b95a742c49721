import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test, type TestingModule } from '@nestjs/testing';
import { Interpret } from '../../src/billing/intake/interpret.js';
import { ReviewModule } from '../../src/billing/review/review.module.js';
import { CONNECTORS } from '../../src/connectors/index.js';
import { LifecycleModule } from '../../src/lifecycle/lifecycle.module.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import { VendorEnvironmentModule } from '../../src/platform/config/vendor-environment.module.js';
import type { DatabaseUrls } from '../../src/platform/postgres/roles.js';
import { JobsModule } from '../../src/jobs/jobs.module.js';
import { dataModules } from './data-modules.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { KEYS } from './vendors.js';

/** Stands where it is put. */
class SetClock extends Clock {
  constructor(private instant = new Date('2027-06-15T12:00:00Z')) {
    super();
  }

  override now(): Date {
    return this.instant;
  }

  set(instant: string): void {
    this.instant = new Date(instant);
  }
}

export interface OpenedLifecycle {
  module: TestingModule;
  clock: SetClock;
  dataDir: string;
  close: () => Promise<void>;
}

/** Intake, review and everything about the life of data, on a database; no vendor answers unless `environment` names one. */
export async function openLifecycle(
  database: DatabaseUrls,
  environment: Readonly<Record<string, string>> = {},
  transactions: typeof TenantTransaction = TenantTransaction,
): Promise<OpenedLifecycle> {
  const dataDir = mkdtempSync(join(tmpdir(), 'countersign-lifecycle-'));
  const clock = new SetClock();
  const config = loadConfig(
    {
      SANDBOX: 'on',
      DATA_DIR: dataDir,
      COUNTERSIGN_KEYS: KEYS,
      COUNTERSIGN_APP_DATABASE_URL: database.appUrl,
      COUNTERSIGN_SCHEDULER_DATABASE_URL: database.schedulerUrl,
      ...environment,
    },
    CONNECTORS.map((entry) => entry.descriptor),
  );
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.of(config),
      VendorEnvironmentModule.of(config),
      ...dataModules(database),
      JobsModule,
      LifecycleModule,
      ReviewModule,
    ],
    providers: [Interpret],
  })
    .overrideProvider(Clock)
    .useValue(clock)
    .overrideProvider(TenantTransaction)
    .useClass(transactions)
    .compile();
  await module.init();
  return {
    module,
    clock,
    dataDir,
    close: async () => {
      await module.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
