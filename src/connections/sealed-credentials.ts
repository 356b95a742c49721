import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Vault } from '../platform/vault/vault.js';
import { ConnectorError, isConnectorError } from '../ports/connector-error.js';
import type { Connector, CredentialLease, Credentials } from '../ports/connector.js';
import { SYSTEM } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { Leases } from '../database/leases.js';
import { CREDENTIALS } from '../database/sealed-columns.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

const FIELD = CREDENTIALS.field;
/** Renewed while the vendor is being asked; so long after a crash the next one asks. */
const LEASE_MS = 30_000;
const LOOK_AGAIN_MS = 250;

interface Held {
  credentials: Credentials;
  epoch: string;
}

/** Credentials in and out of the vault; renewing is done by one process per grant, and persisted before anybody uses the pair. */
@Injectable()
export class SealedCredentials {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly vault: Vault,
    private readonly leases: Leases,
    private readonly audit: AuditLog,
  ) {}

  async seal(tenantId: string, connectionId: string, credentials: Credentials): Promise<string> {
    return await this.vault.seal(JSON.stringify(credentials), { tenantId, connectionId, field: FIELD });
  }

  async read(tenantId: string, connectionId: string): Promise<Held> {
    const [row] = await this.tx.run(tenantId, () =>
      // The tenant's key comes along: it is looked at for every opening, and a trip of its own would double the cost.
      this.tx.query<{ sealed: string | null; epoch: string; state: string | null; keyId: string | null; wrapped: string | null }>(
        'select sealed, epoch, state, key_id as "keyId", wrapped_key as wrapped from credentials_of($1, $2)',
        [tenantId, connectionId],
      ),
    );
    if (!row?.sealed || row.state !== 'connected')
      throw new ConnectorError('grant_expired', 'This connection is not authorised any more. Press Reconnect.');
    const { sealed, epoch, keyId, wrapped } = row;
    const stored = keyId === null ? undefined : { id: keyId, wrapped };
    const opened = await this.vault.open(sealed, { tenantId, connectionId, field: FIELD }, stored);
    return { credentials: JSON.parse(opened) as Credentials, epoch };
  }

  /** What a connector gets: it never sees the tenant, the vault or the database. */
  lease(tenantId: string, connectionId: string, connector: Connector, signal: AbortSignal): CredentialLease {
    return {
      current: async () => (await this.read(tenantId, connectionId)).credentials,
      renew: (stale) => this.renew(tenantId, connectionId, connector, stale, signal),
    };
  }

  private async renew(
    tenantId: string,
    connectionId: string,
    connector: Connector,
    stale: Credentials,
    signal: AbortSignal,
  ): Promise<Credentials> {
    const { connect } = connector;
    if (connect.kind !== 'oauth')
      throw new ConnectorError(
        'unauthorized',
        `${connector.descriptor.label} refuses the keys of this connection. Check them and press Reconnect.`,
      );
    for (;;) {
      signal.throwIfAborted();
      const now = await this.read(tenantId, connectionId);
      if (JSON.stringify(now.credentials) !== JSON.stringify(stale)) return now.credentials;
      const held = await this.leases.hold(tenantId, `refresh:${connectionId}`, LEASE_MS, () =>
        this.refresh(tenantId, connectionId, connect.refresh.bind(connect), stale),
      );
      if (held) return held.result;
      await sleep(LOOK_AGAIN_MS, undefined, { signal });
    }
  }

  private async refresh(
    tenantId: string,
    connectionId: string,
    refresh: (credentials: Credentials) => Promise<Credentials>,
    stale: Credentials,
  ): Promise<Credentials> {
    const before = await this.read(tenantId, connectionId);
    if (JSON.stringify(before.credentials) !== JSON.stringify(stale)) return before.credentials;
    try {
      const fresh = await refresh(before.credentials);
      return await this.persist(tenantId, connectionId, fresh, before.epoch);
    } catch (error) {
      if (!isConnectorError(error) || error.kind !== 'grant_expired') throw error;
      // Someone may have reconnected while we asked: look once more before the connection is called broken.
      const after = await this.read(tenantId, connectionId);
      if (after.epoch !== before.epoch) return after.credentials;
      await this.tx.run(tenantId, async () => {
        await this.tx.execute(
          `update connection set state = 'needs_reconnect', updated_at = now() where tenant_id = $1 and id = $2 and grant_epoch = $3`,
          [tenantId, connectionId, before.epoch],
        );
        await this.audit.record(SYSTEM, { action: 'connection.grant_expired', subject: { kind: 'connection', id: connectionId } });
      });
      throw error;
    }
  }

  /** Before anybody uses the pair. Where someone else saved a newer one meanwhile, that one is used. */
  private async persist(tenantId: string, connectionId: string, fresh: Credentials, epoch: string): Promise<Credentials> {
    const sealed = await this.seal(tenantId, connectionId, fresh);
    const saved = await this.tx.run(tenantId, () =>
      this.tx.execute(
        'update connection set sealed_credentials = $3, grant_epoch = grant_epoch + 1, updated_at = now() where tenant_id = $1 and id ' +
          '= $2 and grant_epoch = $4',
        [tenantId, connectionId, sealed, epoch],
      ),
    );
    return saved === 1 ? fresh : (await this.read(tenantId, connectionId)).credentials;
  }
}
