import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { SYSTEM } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { lockInvoices } from '../invoices/invoice-locks.js';

/** Consent that ends: withdrawn by a person, or lapsed because what was approved is no longer what would be sent. */
@Injectable()
export class ApprovalRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends the standing approvals of invoices that are not yet on their way, those of single reviewers included, cancels
   * their planned postings and puts them back into review. Answers the ids that really lapsed: one whose posting has begun
   * is left alone.
   */
  async lapse(invoiceIds: readonly string[], because: string): Promise<string[]> {
    if (invoiceIds.length === 0) return [];
    await lockInvoices(this.tx, invoiceIds);
    const lapsed = await this.tx.query<{ id: string }>(
      `select i.id from invoice i where i.tenant_id = $1 and i.id = any($2) and i.state in ('approved', 'in_review')
         and exists (select from approval a where a.tenant_id = i.tenant_id and a.invoice_id = i.id and a.state = 'standing')
         and not exists (select from posting p where p.tenant_id = i.tenant_id and p.invoice_id = i.id and p.operation = 'document'
                         and p.state in ('sending', 'unknown', 'posted'))`,
      [this.tx.tenantId, invoiceIds],
    );
    const ids = lapsed.map((row) => row.id);
    if (ids.length > 0) await this.end(ids, because);
    return ids;
  }

  private async end(ids: readonly string[], because: string): Promise<void> {
    const now = this.clock.now();
    const { tenantId } = this.tx;
    await this.tx.execute(
      `update approval set state = 'lapsed', ended_at = $3, ended_because = $4 where tenant_id = $1 and invoice_id = any($2) and state = 'standing'`,
      [tenantId, ids, now, because],
    );
    await this.tx.execute(
      `update posting set state = 'skipped', cause = $4, updated_at = $3
       where tenant_id = $1 and invoice_id = any($2) and state = 'planned' and operation in ('document', 'status')`,
      [tenantId, ids, now, because],
    );
    await this.tx.execute(
      `update invoice set state = 'in_review', ledger_connection_id = null, updated_at = $3 where tenant_id = $1 and id = any($2)`,
      [tenantId, ids, now],
    );
    await this.tx.execute(`update reviewer set decision = 'waiting', decided_at = null where tenant_id = $1 and invoice_id = any($2)`, [
      tenantId,
      ids,
    ]);
    for (const id of ids)
      await this.audit.record(SYSTEM, { action: 'approval.lapsed', subject: { kind: 'invoice', id }, after: { because } });
  }
}
