import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { DOCUMENT_STORE } from '../ports/document-store.js';
import { TENANT_KEY_STORE } from '../platform/vault/tenant-key-store.js';
import { AuditLog } from './audit-log.js';
import { AuditKeeper } from './audit/audit-keeper.js';
import { AuditSealer } from './audit/audit-sealer.js';
import { AuditWatch } from './audit/audit-watch.js';
import { openDataSource } from './data-source.js';
import { DatabaseHealth } from './database-health.js';
import { DueSchedules } from './due-schedules.js';
import { JobQueue } from './jobs/job-queue.js';
import { openJobStore } from './jobs/open-job-store.js';
import { Leases } from './leases.js';
import { REPOSITORIES } from './repositories/index.js';
import { TenantKeyRows } from './repositories/tenant-keys.js';
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
    const services = [TenantTransaction, JobQueue, Leases, AuditLog, AuditSealer, AuditKeeper, DatabaseHealth, ...REPOSITORIES];
    return {
      module: StorageModule,
      providers: [
        Clock,
        { provide: DataSource, useFactory: () => openDataSource(appUrl, poolSize) },
        { provide: PgBoss, useFactory: () => openJobStore(appUrl) },
        { provide: DueSchedules, useFactory: () => new DueSchedules(schedulerUrl) },
        { provide: AuditWatch, useFactory: (due: DueSchedules) => new AuditWatch(due.pool), inject: [DueSchedules] },
        { provide: DOCUMENT_STORE, useClass: TableDocumentStore },
        { provide: TENANT_KEY_STORE, useExisting: TenantKeyRows },
        ...services,
      ],
      exports: [Clock, DataSource, PgBoss, DueSchedules, AuditWatch, DOCUMENT_STORE, TENANT_KEY_STORE, ...services],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.boss.stop({ graceful: false });
    await this.dataSource.destroy();
  }
}
