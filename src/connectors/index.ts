import type { Type } from '@nestjs/common';
import type { Connector, ConnectorDescriptor } from '../ports/connector.js';
import { ConnectwiseConnector, ConnectwiseModule, connectwiseDescriptor } from './connectwise/connectwise.module.js';
import { QuickbooksConnector, QuickbooksModule, quickbooksDescriptor } from './quickbooks/quickbooks.module.js';
import { XeroConnector, XeroModule, xeroDescriptor } from './xero/xero.module.js';

export interface ConnectorEntry {
  descriptor: ConnectorDescriptor;
  /** Provides and exports the connector. */
  module: Type;
  connector: Type<Connector>;
}

/** A vendor is one folder and one entry here. */
export const CONNECTORS: readonly ConnectorEntry[] = [
  { descriptor: connectwiseDescriptor, module: ConnectwiseModule, connector: ConnectwiseConnector },
  { descriptor: quickbooksDescriptor, module: QuickbooksModule, connector: QuickbooksConnector },
  { descriptor: xeroDescriptor, module: XeroModule, connector: XeroConnector },
];
