import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { Vault } from '../platform/vault/vault.js';
import { ConnectorError, isConnectorError } from '../ports/connector-error.js';
import type { Connector, CredentialLease, Credentials, OAuthConnect } from '../ports/connector.js';
import { SYSTEM } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { Leases } from '../database/leases.js';
import { CREDENTIALS } from '../database/sealed-columns.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { hasExpired, isDue, withExpiry } from './grant-expiry.js';
import { GrantRepository } from './grant.repository.js';
import { PaceRepository } from './pace.repository.js';

const FIELD = CREDENTIALS.field;
/** Renewed while the vendor is being asked; so long after a crash the next one asks. */
const LEASE_MS = 30_000;
const LOOK_AGAIN_MS = 250;
/** After a refusal that may pass; a vendor that says how long to wait is believed up to the longest. */
const COOL_DOWN_MS = 30_000;
const LONGEST_COOL_DOWN_MS = 10 * 60_000;

interface Held {
  credentials: Credentials;
  epoch: string;
}

/** One grant, and who renews it. */
interface Renewal {
  tenantId: string;
  connectionId: string;
  label: string;
  connect: OAuthConnect;
  signal: AbortSignal;
}

/** Credentials in and out of the vault; renewing is done by one process per grant, and persisted before anybody uses the pair. */
@Injectable()
export class SealedCredentials {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly vault: Vault,
    private readonly leases: Leases,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly grants: GrantRepository,
    private readonly pace: PaceRepository,
  ) {}

  async seal(tenantId: string, connectionId: string, credentials: Credentials): Promise<string> {
    return await this.vault.seal(JSON.stringify(credentials), { tenantId, connectionId, field: FIELD });
  }

  async read(tenantId: string, connectionId: string): Promise<Held> {
    const row = await this.tx.run(tenantId, () => this.grants.find(connectionId));
    if (!row?.sealed || row.state !== 'connected')
      throw new ConnectorError('grant_expired', 'This connection is not authorised any more. Press Reconnect.');
    const { sealed, epoch, keyId, wrapped } = row;
    const stored = keyId === null ? undefined : { id: keyId, wrapped };
    const opened = await this.vault.open(sealed, { tenantId, connectionId, field: FIELD }, stored);
    return { credentials: JSON.parse(opened) as Credentials, epoch };
  }

  /** What a connector gets: it never sees the tenant, the vault or the database. */
  lease(tenantId: string, connectionId: string, connector: Connector, signal: AbortSignal): CredentialLease {
    const { connect, descriptor } = connector;
    const { label } = descriptor;
    if (connect.kind !== 'oauth')
      return {
        current: async () => (await this.read(tenantId, connectionId)).credentials,
        renew: () =>
          Promise.reject(
            new ConnectorError('unauthorized', `${label} refuses the keys of this connection. Check them and press Reconnect.`),
          ),
      };
    const renewal: Renewal = { tenantId, connectionId, label, connect, signal };
    return { current: () => this.current(renewal), renew: (stale) => this.renew(renewal, stale) };
  }

  /** Renewed in time by whoever needs it first; while the old pair is good nobody waits for that, and nobody fails with it. */
  private async current(renewal: Renewal): Promise<Credentials> {
    const { credentials } = await this.read(renewal.tenantId, renewal.connectionId);
    const now = this.clock.now();
    if (!isDue(credentials, now)) return credentials;
    if (hasExpired(credentials, now)) return await this.renew(renewal, credentials);
    if (await this.coolDownLeft(renewal)) return credentials;
    try {
      return (await this.refreshAlone(renewal, credentials))?.result ?? credentials;
    } catch (error) {
      if (isConnectorError(error) && error.kind !== 'grant_expired') return credentials;
      throw error;
    }
  }

  private async renew(renewal: Renewal, stale: Credentials): Promise<Credentials> {
    const { tenantId, connectionId, label, signal } = renewal;
    for (;;) {
      signal.throwIfAborted();
      const now = await this.read(tenantId, connectionId);
      if (!isSamePair(now.credentials, stale)) return now.credentials;
      const left = await this.coolDownLeft(renewal);
      if (left > 0)
        throw new ConnectorError('unavailable', `${label} did not renew the sign-in just now. It is asked again in a moment.`, {
          retryAfterMs: left,
        });
      const held = await this.refreshAlone(renewal, stale);
      if (held) return held.result;
      await sleep(LOOK_AGAIN_MS, undefined, { signal });
    }
  }

  /** Milliseconds; 0: the vendor may be asked. */
  private async coolDownLeft({ tenantId, connectionId }: Renewal): Promise<number> {
    const until = await this.tx.run(tenantId, () => this.pace.restsUntil(connectionId, 'refresh-pause'));
    return until ? Math.max(0, until.getTime() - this.clock.now().getTime()) : 0;
  }

  /** Undefined while another process is asking. */
  private async refreshAlone(renewal: Renewal, stale: Credentials): Promise<{ result: Credentials } | undefined> {
    const { tenantId, connectionId } = renewal;
    return await this.leases.hold(tenantId, `refresh:${connectionId}`, LEASE_MS, () => this.refresh(renewal, stale));
  }

  private async refresh(renewal: Renewal, stale: Credentials): Promise<Credentials> {
    const { tenantId, connectionId, connect } = renewal;
    const before = await this.read(tenantId, connectionId);
    if (!isSamePair(before.credentials, stale)) return before.credentials;
    try {
      const fresh = withExpiry(await connect.refresh(before.credentials), this.clock.now());
      return await this.persist(tenantId, connectionId, fresh, before.epoch);
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      if (error.kind !== 'grant_expired') {
        await this.coolDown(renewal, error);
        throw error;
      }
      // Someone may have reconnected while we asked: look once more before the connection is called broken.
      const after = await this.read(tenantId, connectionId);
      if (after.epoch !== before.epoch) return after.credentials;
      await this.tx.run(tenantId, async () => {
        await this.grants.markEnded(connectionId, before.epoch);
        await this.audit.record(SYSTEM, { action: 'connection.grant_expired', subject: { kind: 'connection', id: connectionId } });
      });
      throw error;
    }
  }

  /** Only after an answer: a line that broke says nothing about the vendor's mood. */
  private async coolDown({ tenantId, connectionId }: Renewal, { details }: ConnectorError): Promise<void> {
    if ((details.status ?? 0) < 400) return;
    const until = this.clock.later(Math.min(details.retryAfterMs ?? COOL_DOWN_MS, LONGEST_COOL_DOWN_MS));
    await this.tx.run(tenantId, () => this.pace.restUntil(connectionId, 'refresh-pause', until));
  }

  /** Before anybody uses the pair. Where someone else saved a newer one meanwhile, that one is used. */
  private async persist(tenantId: string, connectionId: string, fresh: Credentials, epoch: string): Promise<Credentials> {
    const sealed = await this.seal(tenantId, connectionId, fresh);
    const isSaved = await this.tx.run(tenantId, () => this.grants.replace(connectionId, sealed, epoch));
    return isSaved ? fresh : (await this.read(tenantId, connectionId)).credentials;
  }
}

function isSamePair(one: Credentials, other: Credentials): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
