import { Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { DocumentModule } from '../billing/document/document.module.js';
import { PostingModule } from '../billing/posting/posting.module.js';
import { ReadingModule } from '../billing/reading/reading.module.js';
import { ReviewModule } from '../billing/review/review.module.js';
import { ConnectionsModule } from '../connections/connections.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { AssetsMiddleware } from './assets.middleware.js';
import { ConnectModule } from './connect/connect.module.js';
import { HealthController } from './health/health.controller.js';
import { SignInModule } from './sign-in/sign-in.module.js';
import { ViewsModule } from './views.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

const SERVICES = [ReadingModule, ReviewModule, DocumentModule, PostingModule, ConnectionsModule, IdentityModule];

/** Everything people see in a browser, and the addresses that vendors and load balancers call. */
@Module({
  imports: [ViewsModule, SignInModule, ConnectModule, WebhooksModule, ...SERVICES],
  controllers: [HealthController],
})
export class WebModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(AssetsMiddleware).forRoutes('assets/{*path}');
  }
}
