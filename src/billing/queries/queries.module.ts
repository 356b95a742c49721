import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { QUERY_SERVICES } from './query-services.js';

/** What pages and the API read; both show the same. */
@Module({ imports: [ConnectionsModule], providers: QUERY_SERVICES, exports: QUERY_SERVICES })
export class QueriesModule {}
