import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { ConnectionEntity } from './connection.entity.js';
import { PendingGrantEntity } from './pending-grant.entity.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

export interface StoredGrant {
  sealed: string | null;
  /** Counts up with every new pair; text, since it is a bigint. */
  epoch: string;
  state: ConnectionEntity['state'];
  /** The tenant's own key; null when it has none. */
  keyId: string | null;
  wrapped: string | null;
}

/** The sealed grants of connections, and those that wait for a person to pick an account. */
@Injectable()
export class GrantRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** Raw SQL: the function brings the tenant's key along, which is looked at for every opening and would cost a trip of its own. */
  async find(connectionId: string): Promise<StoredGrant | undefined> {
    const select = 'select sealed, epoch, state, key_id as "keyId", wrapped_key as wrapped from credentials_of($1, $2)';
    const [row] = await this.tx.query<{ [K in keyof StoredGrant]: StoredGrant[K] | null }>(select, [this.tx.tenantId, connectionId]);
    return row && row.state !== null && row.epoch !== null ? { ...row, state: row.state, epoch: row.epoch } : undefined;
  }

  /** Raw SQL: the epoch counts up where it lies. False when somebody else kept a newer pair meanwhile. */
  async replace(connectionId: string, sealed: string, epoch: string): Promise<boolean> {
    const replaced = await this.tx.execute(
      `update connection set sealed_credentials = $3, grant_epoch = grant_epoch + 1, updated_at = $5
       where tenant_id = $1 and id = $2 and grant_epoch = $4`,
      [this.tx.tenantId, connectionId, sealed, epoch, this.clock.now()],
    );
    return replaced === 1;
  }

  /** Only while it is this grant that has ended. */
  async markEnded(connectionId: string, epoch: string): Promise<void> {
    const ended = { tenantId: this.tx.tenantId, id: connectionId, grantEpoch: epoch };
    await this.tx.rows(ConnectionEntity).update(ended, { state: 'needs_reconnect', updatedAt: this.clock.now() });
  }

  /** Envelopes of the first version hang on the key ring and would outlive the tenant's key. Raw SQL, for the LIKE on what is sealed. */
  async forgetFirstVersion(): Promise<void> {
    await this.tx.execute(
      "update connection set sealed_credentials = null, state = 'disconnected' where tenant_id = $1 and sealed_credentials like 'v1.%'",
      [this.tx.tenantId],
    );
    await this.tx.execute("delete from pending_grant where tenant_id = $1 and sealed_credentials like 'v1.%'", [this.tx.tenantId]);
  }

  /** Those that nobody picked an account of in time go first. */
  async keepPending(row: Omit<PendingGrantEntity, 'tenantId'>): Promise<void> {
    const { tenantId } = this.tx;
    const outdated = this.tx.rows(PendingGrantEntity).createQueryBuilder().delete();
    await outdated.where('tenant_id = :tenantId and expires_at <= :now', { tenantId, now: this.clock.now() }).execute();
    await this.tx.rows(PendingGrantEntity).insert({ ...row, tenantId });
  }

  async pending(id: string, connector: string, begunBy: string): Promise<PendingGrantEntity | undefined> {
    const row = await this.tx.rows(PendingGrantEntity).findOneBy({ tenantId: this.tx.tenantId, id, connector, begunBy });
    return row && row.expiresAt > this.clock.now() ? row : undefined;
  }

  /** True for the one who takes it. */
  async takePending(id: string): Promise<boolean> {
    return (await this.tx.rows(PendingGrantEntity).delete({ tenantId: this.tx.tenantId, id })).affected === 1;
  }
}
