import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { InvoicesModule } from '../invoices/invoices.module.js';
import { QUERY_SERVICES } from './query-services.js';

/** What pages and the API read; both show the same. With what people call the connectors, from ConnectionsModule. */
@Module({ imports: [ConnectionsModule, InvoicesModule], providers: QUERY_SERVICES, exports: [...QUERY_SERVICES, ConnectionsModule] })
export class QueriesModule {}
