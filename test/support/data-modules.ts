import type { DynamicModule, Type } from '@nestjs/common';
import { DatabaseModule } from '../../src/database/database.module.js';
import { QueueModule } from '../../src/jobs/queue.module.js';
import { RepositoriesModule } from '../../src/repositories.module.js';

/** The database, the queue and every repository, as the app puts them together, on a database of the test's own. */
export function dataModules({ appUrl, schedulerUrl }: { appUrl: string; schedulerUrl: string }): (DynamicModule | Type)[] {
  return [DatabaseModule.connect(appUrl, schedulerUrl), QueueModule.connect(appUrl), RepositoriesModule];
}
