import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { ConnectorRegistry } from '../../connections/connector-registry.js';
import { QUERY_SERVICES } from './query-services.js';
import { CONNECTOR_DESCRIPTORS } from './connector-catalog.js';

/** What pages and the API read; both show the same. */
@Module({
  imports: [ConnectionsModule],
  providers: [
    ...QUERY_SERVICES,
    { provide: CONNECTOR_DESCRIPTORS, inject: [ConnectorRegistry], useFactory: (registry: ConnectorRegistry) => registry.descriptors() },
  ],
  exports: QUERY_SERVICES,
})
export class QueriesModule {}
