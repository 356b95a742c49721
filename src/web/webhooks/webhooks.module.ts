import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { WebhooksController } from './webhooks.controller.js';

@Module({ imports: [ConnectionsModule], controllers: [WebhooksController] })
export class WebhooksModule {}
