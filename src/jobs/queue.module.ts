import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import { DueSchedules } from './due-schedules.js';
import { JobQueue } from './job-queue.js';
import { openJobStore } from './open-job-store.js';

/** What asks for jobs: every process does. Working on them is JobsModule's. */
@Global()
@Module({})
export class QueueModule implements OnApplicationShutdown {
  constructor(@Inject(PgBoss) private readonly boss: PgBoss) {}

  /** @param appUrl of the app role */
  static connect(appUrl: string): DynamicModule {
    return {
      module: QueueModule,
      providers: [{ provide: PgBoss, useFactory: () => openJobStore(appUrl) }, JobQueue, DueSchedules],
      exports: [PgBoss, JobQueue, DueSchedules],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.boss.stop({ graceful: false });
  }
}
