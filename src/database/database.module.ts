import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { TelemetryModule } from '../platform/telemetry/telemetry.module.js';
import { TENANT_KEY_STORE } from '../platform/vault/tenant-key-store.js';
import { AuditInspector } from './audit/audit-inspector.js';
import { AuditKeeper } from './audit/audit-keeper.js';
import { AuditLog } from './audit/audit-log.js';
import { AuditSealer } from './audit/audit-sealer.js';
import { AuditWatch } from './audit/audit-watch.js';
import { openDataSource } from './data-source.js';
import { DatabaseHealth } from './database-health.js';
import { DatabaseMetrics } from './database-metrics.js';
import { Leases } from './leases.js';
import { SchedulerPool } from './scheduler-pool.js';
import { TenantKeyRepository } from './tenant-key.repository.js';
import { TenantTransaction } from './tenant-transaction.js';

const SERVICES = [
  TenantTransaction,
  Leases,
  AuditLog,
  AuditSealer,
  AuditKeeper,
  AuditInspector,
  DatabaseHealth,
  DatabaseMetrics,
  TenantKeyRepository,
];

/** Needs nothing but the addresses of the app and scheduler roles; everything that touches the database hangs below it. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  static connect(appUrl: string, schedulerUrl: string, poolSize = 10): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [TelemetryModule],
      providers: [
        Clock,
        { provide: DataSource, useFactory: () => openDataSource(appUrl, poolSize) },
        { provide: SchedulerPool, useFactory: () => new SchedulerPool(schedulerUrl) },
        { provide: AuditWatch, useFactory: ({ pool }: SchedulerPool) => new AuditWatch(pool), inject: [SchedulerPool] },
        { provide: TENANT_KEY_STORE, useExisting: TenantKeyRepository },
        ...SERVICES,
      ],
      // DataSource for the repositories that call functions before any tenant is known; test/architecture lists them with their reasons.
      exports: [Clock, DataSource, SchedulerPool, AuditWatch, TENANT_KEY_STORE, ...SERVICES],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
  }
}
