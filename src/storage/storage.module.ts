import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { TelemetryModule } from '../platform/telemetry/telemetry.module.js';
import { DOCUMENT_STORE } from '../ports/document-store.js';
import { AuditLog } from './audit-log.js';
import { openDataSource } from './data-source.js';
import { DatabaseHealth } from './database-health.js';
import { DueSchedules } from './due-schedules.js';
import { JobQueue } from './jobs/job-queue.js';
import { openJobStore } from './jobs/open-job-store.js';
import { Leases } from './leases.js';
import { REPOSITORIES } from './repositories/index.js';
import { StorageNumbers } from './storage-numbers.js';
import { TableDocumentStore } from './table-document-store.js';
import { TenantTransaction } from './tenant-transaction.js';

/** Needs nothing but the addresses of the app and scheduler roles; everything that touches the database hangs below it. */
@Global()
@Module({})
export class StorageModule implements OnApplicationShutdown {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(PgBoss) private readonly boss: PgBoss,
  ) {}

  static connect(appUrl: string, schedulerUrl: string, poolSize = 10): DynamicModule {
    const services = [TenantTransaction, JobQueue, Leases, AuditLog, DatabaseHealth, StorageNumbers, ...REPOSITORIES];
    return {
      module: StorageModule,
      imports: [TelemetryModule],
      providers: [
        Clock,
        { provide: DataSource, useFactory: () => openDataSource(appUrl, poolSize) },
        { provide: PgBoss, useFactory: () => openJobStore(appUrl) },
        { provide: DueSchedules, useFactory: () => new DueSchedules(schedulerUrl) },
        { provide: DOCUMENT_STORE, useClass: TableDocumentStore },
        ...services,
      ],
      exports: [Clock, DataSource, PgBoss, DueSchedules, DOCUMENT_STORE, ...services],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.boss.stop({ graceful: false });
    await this.dataSource.destroy();
  }
}
