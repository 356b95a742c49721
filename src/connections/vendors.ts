import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { Metrics } from '../platform/telemetry/metrics.js';
import type { AccountingLedger } from '../ports/accounting-ledger.js';
import type { BillingSource, MapInvoice } from '../ports/billing-source.js';
import type { Connector, ConnectorContext, OpenConnector } from '../ports/connector.js';
import type { PaymentSink } from '../ports/payment-sink.js';
import { ConnectionRepository } from './connection.repository.js';
import type { ConnectionEntity } from './connection.entity.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { ConnectorRegistry } from './connector-registry.js';
import { SealedCredentials } from './sealed-credentials.js';
import { InFlight } from './in-flight.js';
import { SharedPacer } from './shared-pacer.js';

/** Opens a tenant's connection as the port a stage asks for. The stage never learns which vendor answers. */
@Injectable()
export class Vendors {
  /** By connection id, so that the count of requests in flight is one count for the whole process. */
  private readonly inFlight = new Map<string, InFlight>();

  constructor(
    private readonly tx: TenantTransaction,
    private readonly connections: ConnectionRepository,
    private readonly registry: ConnectorRegistry,
    private readonly credentials: SealedCredentials,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  async source(
    tenantId: string,
    connectionId: string,
    signal: AbortSignal,
  ): Promise<{ source: BillingSource; mapInvoice: MapInvoice; label: string }> {
    const { open, connector } = await this.open(tenantId, connectionId, signal);
    if (!open.source || !connector.mapInvoice) throw new Error(`${connector.descriptor.label} is no billing source`);
    return { source: open.source, mapInvoice: connector.mapInvoice, label: connector.descriptor.label };
  }

  async ledger(tenantId: string, connectionId: string, signal: AbortSignal): Promise<{ ledger: AccountingLedger; label: string }> {
    const { open, connector } = await this.open(tenantId, connectionId, signal);
    if (!open.ledger) throw new Error(`${connector.descriptor.label} is no ledger`);
    return { ledger: open.ledger, label: connector.descriptor.label };
  }

  async payments(tenantId: string, connectionId: string, signal: AbortSignal): Promise<{ payments: PaymentSink; label: string }> {
    const { open, connector } = await this.open(tenantId, connectionId, signal);
    if (!open.payments) throw new Error(`${connector.descriptor.label} takes no payments`);
    return { payments: open.payments, label: connector.descriptor.label };
  }

  /** Everything that this connection can do. */
  async opened(tenantId: string, connectionId: string, signal: AbortSignal): Promise<OpenConnector> {
    return (await this.open(tenantId, connectionId, signal)).open;
  }

  /** Has the vendor call this connection's own address, or no more; nothing where vendors are told of addresses elsewhere. */
  async setCallbacks(tenantId: string, connectionId: string, wanted: 'on' | 'off', publicUrl: string, signal: AbortSignal): Promise<void> {
    const { context, connector } = await this.context(tenantId, connectionId, signal);
    const url = `${publicUrl}/webhooks/${connector.descriptor.key}/${connectionId}?recordId=`;
    if (wanted === 'on') await connector.registerCallbacks?.(context, url);
    else await connector.removeCallbacks?.(context, url);
  }

  private async open(tenantId: string, connectionId: string, signal: AbortSignal): Promise<{ open: OpenConnector; connector: Connector }> {
    const { context, connector } = await this.context(tenantId, connectionId, signal);
    return { open: connector.open(context), connector };
  }

  private async context(
    tenantId: string,
    connectionId: string,
    signal: AbortSignal,
  ): Promise<{ context: ConnectorContext; connector: Connector }> {
    const row = await this.tx.run(tenantId, () => this.connections.get(connectionId));
    const connector = this.registry.get(row.connector);
    const context: ConnectorContext = {
      credentials: this.credentials.lease(tenantId, connectionId, connector, signal),
      pacer: this.pacer(row, connector, signal),
      clock: this.clock,
      signal,
      externalAccountId: row.externalAccountId,
      ...(row.apiAddress && { apiAddress: row.apiAddress }),
    };
    return { context, connector };
  }

  private pacer(row: ConnectionEntity, connector: Connector, signal: AbortSignal): SharedPacer {
    const { limits } = connector.descriptor;
    const inFlight = this.inFlight.get(row.id) ?? new InFlight(limits.inFlight);
    this.inFlight.set(row.id, inFlight);
    return new SharedPacer(
      { tenantId: row.tenantId, connectionId: row.id, connector: row.connector, limits },
      inFlight,
      this.tx,
      this.clock,
      signal,
      this.metrics,
    );
  }
}
