import { Injectable } from '@nestjs/common';
import { notFound } from '../domain/refusal.js';
import { Config } from '../platform/config/config.js';
import { CannotOpen } from '../platform/vault/vault.js';
import { isConnectorError } from '../ports/connector-error.js';
import type { Credentials } from '../ports/connector.js';
import type { Principal } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { ConnectionRouteRepository } from './connection-route.repository.js';
import type { ConnectionEntity } from './connection.entity.js';
import { ConnectionRepository } from './connection.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { ConnectorRegistry } from './connector-registry.js';
import { SealedCredentials } from './sealed-credentials.js';
import { Vendors } from './vendors.js';

const PATIENCE_MS = 60_000;

/** Ends a connection: callbacks, credentials and, where it is ours alone, the grant at the vendor. */
@Injectable()
export class Disconnect {
  constructor(
    private readonly registry: ConnectorRegistry,
    private readonly credentials: SealedCredentials,
    private readonly connections: ConnectionRepository,
    private readonly routes: ConnectionRouteRepository,
    private readonly vendors: Vendors,
    private readonly audit: AuditLog,
    private readonly tx: TenantTransaction,
    private readonly config: Config,
  ) {}

  /**
   * Forgets the credentials, and takes the grant back at the vendor unless another connection here lives by the same app and
   * person: vendors end all of those together. Mappings, schedules and history stay for a Reconnect.
   */
  async end(caller: Principal, connectionId: string): Promise<{ revoked: boolean }> {
    const { tenantId } = caller;
    await this.endCallbacks(tenantId, connectionId);
    const credentials = await this.toTakeBack(tenantId, connectionId);
    const held = await this.tx.run(tenantId, async () => {
      const row = await this.connections.get(connectionId);
      // Of two who end the last two at once, the second one takes the grant back.
      const same: ConnectionEntity[] = [];
      for (const one of await this.connections.all()) if (one.connector === row.connector) same.push(await this.connections.lock(one.id));
      await this.connections.unbind(connectionId);
      await this.routes.forget(connectionId);
      await this.audit.record(caller.actor, {
        action: 'connection.disconnected',
        subject: { kind: 'connection', id: connectionId },
        before: { state: row.state, account: row.externalAccountId },
      });
      return { connector: row.connector, isLast: !same.some((other) => other.id !== connectionId && other.state === 'connected') };
    });
    // Nothing is kept here any more, but a vendor that this installation no longer knows cannot be told.
    if (!this.registry.has(held.connector)) throw notFound('This system');
    const { connect } = this.registry.get(held.connector);
    if (connect.kind !== 'oauth' || !credentials || !held.isLast) return { revoked: false };
    try {
      await connect.revoke(credentials);
      return { revoked: true };
    } catch (error) {
      // We hold nothing any more; the person can end the grant on the vendor's own page.
      if (!isConnectorError(error)) throw error;
      return { revoked: false };
    }
  }

  /** Undefined when there is nothing, or nothing that can be opened any more: then disconnecting is all the better. */
  private async toTakeBack(tenantId: string, connectionId: string): Promise<Credentials | undefined> {
    const { state } = await this.tx.run(tenantId, () => this.connections.get(connectionId));
    if (state !== 'connected') return undefined;
    try {
      return (await this.credentials.read(tenantId, connectionId)).credentials;
    } catch (error) {
      if (error instanceof CannotOpen || isConnectorError(error)) return undefined;
      throw error;
    }
  }

  /** While we can still ask. Calls that come all the same find no route any more. */
  private async endCallbacks(tenantId: string, connectionId: string): Promise<void> {
    const row = await this.tx.run(tenantId, () => this.connections.get(connectionId));
    if (row.state !== 'connected') return;
    try {
      await this.vendors.setCallbacks(tenantId, connectionId, 'off', this.config.publicUrl, AbortSignal.timeout(PATIENCE_MS));
    } catch (error) {
      if (!isConnectorError(error) && !(error instanceof CannotOpen)) throw error;
    }
  }
}
