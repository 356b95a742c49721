import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { CONNECTORS } from '../connectors/index.js';
import type { Connector, ConnectorDescriptor } from '../ports/connector.js';
import { instrumentedConnector } from './instrumented-connector.js';

/** The connectors this build has, found by their key. Nothing outside branches on which one it is. */
@Injectable()
export class ConnectorRegistry {
  constructor(private readonly modules: ModuleRef) {}

  descriptors(): ConnectorDescriptor[] {
    return CONNECTORS.map((entry) => entry.descriptor);
  }

  get(key: string): Connector {
    const entry = CONNECTORS.find(({ descriptor }) => descriptor.key === key);
    if (!entry) throw new Error(`This build has no connector "${key}"`);
    return instrumentedConnector(this.modules.get<Connector>(entry.connector, { strict: false }));
  }

  has(key: string): boolean {
    return CONNECTORS.some(({ descriptor }) => descriptor.key === key);
  }
}
