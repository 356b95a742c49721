import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../../connections/connections.module.js';
import { ConnectorRegistry } from '../../connections/connector-registry.js';
import { READERS } from './readers.js';
import { CONNECTOR_DESCRIPTORS } from './systems.js';

/** What pages and the API read; both show the same. */
@Module({
  imports: [ConnectionsModule],
  providers: [
    ...READERS,
    { provide: CONNECTOR_DESCRIPTORS, inject: [ConnectorRegistry], useFactory: (registry: ConnectorRegistry) => registry.descriptors() },
  ],
  exports: READERS,
})
export class ReadingModule {}
