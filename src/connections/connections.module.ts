import { Module } from '@nestjs/common';
import { CONNECTORS } from '../connectors/index.js';
import { ConnectorRegistry } from './connector-registry.js';
import { SealedCredentials } from './sealed-credentials.js';
import { Vendors } from './vendors.js';

const providers = [ConnectorRegistry, SealedCredentials, Vendors];

@Module({ imports: CONNECTORS.map((entry) => entry.module), providers, exports: providers })
export class ConnectionsModule {}
