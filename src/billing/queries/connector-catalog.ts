import { Inject, Injectable } from '@nestjs/common';
import type { ConnectorDescriptor } from '../../ports/connector.js';

/** The descriptors of the connectors that this build has. */
export const CONNECTOR_DESCRIPTORS = Symbol('connector descriptors');

/** What people call the systems around us, and what each can do. A connector that left the build keeps its key as name. */
@Injectable()
export class ConnectorCatalog {
  private readonly byKey: ReadonlyMap<string, ConnectorDescriptor>;

  constructor(@Inject(CONNECTOR_DESCRIPTORS) descriptors: readonly ConnectorDescriptor[]) {
    this.byKey = new Map(descriptors.map((descriptor) => [descriptor.key, descriptor]));
  }

  label(connector: string): string {
    return this.byKey.get(connector)?.label ?? connector;
  }

  capabilities(connector: string): ConnectorDescriptor['capabilities'] {
    return this.byKey.get(connector)?.capabilities ?? { billingSource: false, accountingLedger: false, paymentSink: false };
  }

  requestsPerDay(connector: string): number | undefined {
    return this.byKey.get(connector)?.limits.perDay;
  }
}
