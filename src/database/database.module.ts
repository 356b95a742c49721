import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { TelemetryModule } from '../platform/telemetry/telemetry.module.js';
import { DOCUMENT_STORE } from '../ports/document-store.js';
import { TENANT_KEY_STORE } from '../platform/vault/tenant-key-store.js';
import { AuditLog } from './audit/audit-log.js';
import { AuditInspector } from './audit/audit-inspector.js';
import { AuditKeeper } from './audit/audit-keeper.js';
import { AuditSealer } from './audit/audit-sealer.js';
import { AuditWatch } from './audit/audit-watch.js';
import { openDataSource } from './data-source.js';
import { DatabaseHealth } from './database-health.js';
import { DueSchedules } from '../jobs/due-schedules.js';
import { JobQueue } from '../jobs/job-queue.js';
import { openJobStore } from '../jobs/open-job-store.js';
import { Leases } from './leases.js';
import { REPOSITORIES } from '../storage/repositories/index.js';
import { TenantKeyRepository } from './tenant-key.repository.js';
import { DatabaseMetrics } from './database-metrics.js';
import { TableDocumentStore } from '../billing/documents/table-document-store.js';
import { TenantTransaction } from './tenant-transaction.js';

/** Needs nothing but the addresses of the app and scheduler roles; everything that touches the database hangs below it. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(PgBoss) private readonly boss: PgBoss,
  ) {}

  static connect(appUrl: string, schedulerUrl: string, poolSize = 10): DynamicModule {
    const services = [
      TenantTransaction,
      JobQueue,
      Leases,
      AuditLog,
      AuditSealer,
      AuditKeeper,
      AuditInspector,
      DatabaseHealth,
      DatabaseMetrics,
      ...REPOSITORIES,
    ];
    return {
      module: DatabaseModule,
      imports: [TelemetryModule],
      providers: [
        Clock,
        { provide: DataSource, useFactory: () => openDataSource(appUrl, poolSize) },
        { provide: PgBoss, useFactory: () => openJobStore(appUrl) },
        { provide: DueSchedules, useFactory: () => new DueSchedules(schedulerUrl) },
        { provide: AuditWatch, useFactory: (due: DueSchedules) => new AuditWatch(due.pool), inject: [DueSchedules] },
        { provide: DOCUMENT_STORE, useClass: TableDocumentStore },
        { provide: TENANT_KEY_STORE, useExisting: TenantKeyRepository },
        ...services,
      ],
      // Not the pool: outside of storage there is no way to the database but a tenant's transaction.
      exports: [Clock, PgBoss, DueSchedules, AuditWatch, DOCUMENT_STORE, TENANT_KEY_STORE, ...services],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.boss.stop({ graceful: false });
    await this.dataSource.destroy();
  }
}
