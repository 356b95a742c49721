import { Global, Module, type DynamicModule } from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { DOCUMENT_STORE } from '../ports/document-store.js';
import { AuditLog } from './audit-log.js';
import { openDataSource } from './data-source.js';
import { DueSchedules } from './due-schedules.js';
import { JobQueue } from './jobs/job-queue.js';
import { openJobStore } from './jobs/open-job-store.js';
import { Leases } from './leases.js';
import { REPOSITORIES } from './repositories/index.js';
import { TableDocumentStore } from './table-document-store.js';
import { TenantTransaction } from './tenant-transaction.js';

/** Needs nothing but the app role's address; everything that touches the database hangs below it. */
@Global()
@Module({})
export class StorageModule {
  static connect(appUrl: string, schedulerUrl: string, poolSize = 10): DynamicModule {
    return {
      module: StorageModule,
      providers: [
        Clock,
        { provide: DataSource, useFactory: () => openDataSource(appUrl, poolSize) },
        { provide: PgBoss, useFactory: () => openJobStore(appUrl) },
        { provide: DueSchedules, useFactory: () => new DueSchedules(schedulerUrl) },
        TenantTransaction,
        JobQueue,
        Leases,
        AuditLog,
        { provide: DOCUMENT_STORE, useClass: TableDocumentStore },
        ...REPOSITORIES,
      ],
      exports: [Clock, DataSource, PgBoss, DueSchedules, TenantTransaction, JobQueue, Leases, AuditLog, DOCUMENT_STORE, ...REPOSITORIES],
    };
  }
}
