import { Injectable } from '@nestjs/common';
import { TenantTaskEntity } from './retention.entity.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

/** What is done for a whole tenant from time to time. */
@Injectable()
export class TenantTaskRepository {
  constructor(private readonly tx: TenantTransaction) {}

  /** Exactly one of those who ask gets true; `next` is when it is due again. */
  async claim(kind: TenantTaskEntity['kind'], now: Date, next: Date): Promise<boolean> {
    const claimed = await this.tx.execute(
      'update tenant_task set next_due_at = $4 where tenant_id = $1 and kind = $2 and next_due_at <= $3',
      [this.tx.tenantId, kind, now, next],
    );
    return claimed === 1;
  }

  async plan(kind: TenantTaskEntity['kind'], at: Date): Promise<void> {
    await this.tx.rows(TenantTaskEntity).upsert({ tenantId: this.tx.tenantId, kind, nextDueAt: at }, ['tenantId', 'kind']);
  }

  async drop(kind: TenantTaskEntity['kind']): Promise<void> {
    await this.tx.rows(TenantTaskEntity).delete({ tenantId: this.tx.tenantId, kind });
  }
}
