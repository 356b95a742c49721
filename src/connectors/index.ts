import type { Type } from '@nestjs/common';
import type { Connector, ConnectorDescriptor } from '../ports/connector.js';
import type { VendorSandbox } from './kit/sandbox/server.js';
import { ConnectwiseConnector, ConnectwiseModule, connectwiseDescriptor } from './connectwise/connectwise.module.js';
import { QuickbooksConnector, QuickbooksModule, quickbooksDescriptor } from './quickbooks/quickbooks.module.js';
import { XeroConnector, XeroModule, xeroDescriptor } from './xero/xero.module.js';

export interface ConnectorEntry {
  descriptor: ConnectorDescriptor;
  /** Provides and exports the connector. */
  module: Type;
  connector: Type<Connector>;
  /** Loaded only by the sandbox process and by tests. */
  sandbox(): Promise<VendorSandbox>;
  /** How a first start in the sandbox connects this vendor without a person. */
  demo(): Promise<SandboxDemo>;
}

export interface SandboxDemo {
  /** What a person would type into the connect form; on consent pages the first button is pressed. */
  values?: Readonly<Record<string, string>>;
  /** Name of the billing source's location whose invoices go to this ledger. */
  location?: string;
}

/** A vendor is one folder and one entry here. */
export const CONNECTORS: readonly ConnectorEntry[] = [
  {
    descriptor: connectwiseDescriptor,
    module: ConnectwiseModule,
    connector: ConnectwiseConnector,
    sandbox: async () => (await import('./connectwise/sandbox/index.js')).connectwiseSandbox,
    demo: async () => (await import('./connectwise/sandbox/demo.js')).connectwiseDemo,
  },
  {
    descriptor: quickbooksDescriptor,
    module: QuickbooksModule,
    connector: QuickbooksConnector,
    sandbox: async () => (await import('./quickbooks/sandbox/index.js')).quickbooksSandbox,
    demo: async () => (await import('./quickbooks/sandbox/demo.js')).quickbooksDemo,
  },
  {
    descriptor: xeroDescriptor,
    module: XeroModule,
    connector: XeroConnector,
    sandbox: async () => (await import('./xero/sandbox/index.js')).xeroSandbox,
    demo: async () => (await import('./xero/sandbox/demo.js')).xeroDemo,
  },
];
