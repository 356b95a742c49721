import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '../../storage/tenant-transaction.js';

/** The keys that seal a tenant's secrets. Once they are gone nothing opens a copy of what they sealed, not even from a backup. */
@Injectable()
export class TenantKeys {
  constructor(private readonly tx: TenantTransaction) {}

  /** May be called twice. Each envelope holds its own wrapped data key, so without the envelopes there is no key. */
  async shred(tenantId: string): Promise<void> {
    await this.tx.run(tenantId, async () => {
      await this.tx.execute(`update connection set state = 'disconnected', sealed_credentials = null where tenant_id = $1`, [tenantId]);
      await this.tx.execute('delete from pending_grant where tenant_id = $1', [tenantId]);
    });
  }
}
