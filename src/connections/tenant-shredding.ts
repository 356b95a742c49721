import { Injectable } from '@nestjs/common';
import { SYSTEM, type Actor } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { TenantKeyRepository } from '../database/tenant-key.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { GrantRepository } from './grant.repository.js';

/** Crypto-shredding: with its key everything that is sealed for a tenant becomes unreadable. */
@Injectable()
export class TenantShredding {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly keys: TenantKeyRepository,
    private readonly grants: GrantRepository,
    private readonly audit: AuditLog,
  ) {}

  /**
   * In all processes from the next read on, for ever, and in every copy of the database that is made from now on. Joins an open
   * transaction of the tenant.
   * @returns whether there was a key to destroy
   */
  async shredTenant(tenantId: string, actor: Actor = SYSTEM): Promise<boolean> {
    return await this.tx.run(tenantId, async () => {
      const key = await this.keys.destroy(tenantId);
      if (key === undefined) return false;
      await this.grants.forgetFirstVersion();
      await this.audit.record(actor, { action: 'tenant.keys_destroyed', subject: { kind: 'tenant', id: tenantId }, before: { key } });
      return key !== tenantId;
    });
  }
}
