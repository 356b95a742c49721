import { Module, type DynamicModule } from '@nestjs/common';
import { ApiModule } from './api/api.module.js';
import { DocumentsModule } from './billing/documents/documents.module.js';
import { IntakeModule } from './billing/intake/intake.module.js';
import { PostingModule } from './billing/posting/posting.module.js';
import { ReviewModule } from './billing/review/review.module.js';
import { SettlementModule } from './billing/settlement/settlement.module.js';
import { ConnectionsModule } from './connections/connections.module.js';
import { IdentityModule } from './identity/identity.module.js';
import { LifecycleModule } from './lifecycle/lifecycle.module.js';
import type { Config } from './platform/config/config.js';
import { ConfigModule } from './platform/config/config.module.js';
import { VendorEnvironmentModule } from './platform/config/vendor-environment.module.js';
import { TracingModule } from './platform/telemetry/tracing.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { DatabaseModule } from './database/database.module.js';
import { WebModule } from './web/web.module.js';

/** The composition root: the one file that sees everything. */
@Module({})
export class AppModule {
  static of(config: Config): DynamicModule {
    const stages = [IntakeModule, ReviewModule, DocumentsModule, PostingModule, SettlementModule];
    return {
      module: AppModule,
      imports: [
        ConfigModule.of(config),
        TracingModule,
        VendorEnvironmentModule.of(config),
        DatabaseModule.connect(config.database.appUrl, config.database.schedulerUrl),
        IdentityModule,
        ConnectionsModule,
        ...stages,
        LifecycleModule,
        JobsModule,
        ApiModule,
        WebModule,
      ],
    };
  }
}
