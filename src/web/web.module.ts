import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { APP_FILTER } from '@nestjs/core';
import { DocumentsModule } from '../billing/documents/documents.module.js';
import { QueriesModule } from '../billing/queries/queries.module.js';
import { MailModule } from '../platform/mail/mail.module.js';
import { VaultModule } from '../platform/vault/vault.module.js';
import { AssetsController } from './assets.controller.js';
import { ConnectModule } from './connect/connect.module.js';
import { ConnectionPagesModule } from './connections/connections.module.js';
import { PageFilter } from './errors/page.filter.js';
import { DemoReadiness } from './health/demo-readiness.js';
import { HealthController } from './health/health.controller.js';
import { InstallationHealth } from './health/health-report.js';
import { MetricsController } from './health/metrics.controller.js';
import { InboxModule } from './inbox/inbox.module.js';
import { PostingPagesModule } from './postings/postings.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { SignInModule } from './sign-in/sign-in.module.js';
import { ViewsModule } from './views.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** Everything people see in a browser, and the addresses that vendors and load balancers call. */
@Module({
  imports: [
    ConnectionsModule,
    ViewsModule,
    SignInModule,
    InboxModule,
    PostingPagesModule,
    ConnectionPagesModule,
    SettingsModule,
    ConnectModule,
    WebhooksModule,
    QueriesModule,
    DocumentsModule,
    MailModule,
    VaultModule,
  ],
  controllers: [AssetsController, HealthController, MetricsController],
  providers: [DemoReadiness, InstallationHealth, { provide: APP_FILTER, useClass: PageFilter }],
})
export class WebModule {}
