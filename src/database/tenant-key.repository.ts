import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import type { StoredTenantKey, TenantKeyStore } from '../platform/vault/tenant-key-store.js';
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

  /**
   * Destroys it, for ever: nothing may be sealed for the tenant any more. Joins an open transaction of the tenant.
   * @returns the id of the key that went; the tenant's own where there was none, undefined where it was destroyed before
   */
  async destroy(tenantId: string): Promise<string | undefined> {
    // A tenant without a key gets the tombstone all the same.
    const [row] = await this.tx.query<{ id: string }>(
      `insert into tenant_key as k (tenant_id, id, wrapped_key, made_at, destroyed_at) values ($1, $1, null, $2, $2)
       on conflict (tenant_id) do update set wrapped_key = null, destroyed_at = $2 where k.destroyed_at is null returning id`,
      [tenantId, this.clock.now()],
    );
    return row?.id;
  }
}
