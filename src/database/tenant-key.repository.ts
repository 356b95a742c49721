import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import type { StoredTenantKey, TenantKeyStore } from '../platform/vault/tenant-key-store.js';
import { SYSTEM, type Actor } from './audit/actor.js';
import { AuditLog } from './audit/audit-log.js';
import { TenantTransaction } from './tenant-transaction.js';

/** The table of the tenants' keys, for the vault. */
@Injectable()
export class TenantKeyRepository implements TenantKeyStore {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  get isInTransaction(): boolean {
    return this.tx.isOpen;
  }

  async find(tenantId: string): Promise<StoredTenantKey | undefined> {
    const [row] = await this.tx.run(tenantId, () =>
      this.tx.query<StoredTenantKey>('select id, wrapped_key as wrapped from tenant_key where tenant_id = $1', [tenantId]),
    );
    return row;
  }

  async add(tenantId: string, { id, wrapped }: StoredTenantKey): Promise<StoredTenantKey> {
    return await this.tx.run(tenantId, async () => {
      const insert = 'insert into tenant_key (tenant_id, id, wrapped_key, made_at) values ($1, $2, $3, $4) on conflict do nothing';
      const made = await this.tx.execute(insert, [tenantId, id, wrapped, this.clock.now()]);
      if (made === 1) return { id, wrapped };
      const there = await this.find(tenantId);
      if (!there) throw new Error('The key of this tenant was neither made nor found');
      return there;
    });
  }

  async replace(tenantId: string, { id, wrapped: before }: StoredTenantKey, wrapped: string): Promise<boolean> {
    const update =
      'update tenant_key set wrapped_key = $4, rewrapped_at = $5 where tenant_id = $1 and id = $2 and wrapped_key = $3 and destroyed_at is null';
    return (await this.tx.run(tenantId, () => this.tx.execute(update, [tenantId, id, before, wrapped, this.clock.now()]))) === 1;
  }
}

/** Crypto-shredding. */
@Injectable()
export class TenantShredding {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Destroys the tenant's key, and with it everything that is sealed for the tenant: in all processes from the next read on,
   * for ever, and in every copy of the database that is made from now on. Joins an open transaction of the tenant.
   * @returns whether there was a key to destroy
   */
  async shredTenant(tenantId: string, actor: Actor = SYSTEM): Promise<boolean> {
    return await this.tx.run(tenantId, async () => {
      // A tenant without a key gets the tombstone all the same: nothing may be sealed for it any more.
      const [row] = await this.tx.query<{ id: string }>(
        `insert into tenant_key as k (tenant_id, id, wrapped_key, made_at, destroyed_at) values ($1, $1, null, $2, $2)
         on conflict (tenant_id) do update set wrapped_key = null, destroyed_at = $2 where k.destroyed_at is null returning id`,
        [tenantId, this.clock.now()],
      );
      if (!row) return false;
      // Envelopes of the first version hang on the key ring and would outlive the key.
      await this.tx.execute(
        "update connection set sealed_credentials = null, state = 'disconnected' where tenant_id = $1 and sealed_credentials like 'v1.%'",
        [tenantId],
      );
      await this.tx.execute("delete from pending_grant where tenant_id = $1 and sealed_credentials like 'v1.%'", [tenantId]);
      await this.audit.record(actor, {
        action: 'tenant.keys_destroyed',
        subject: { kind: 'tenant', id: tenantId },
        before: { key: row.id },
      });
      return row.id !== tenantId;
    });
  }
}
