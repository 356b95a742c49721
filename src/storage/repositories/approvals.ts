import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { SYSTEM } from '../actor.js';
import { AuditLog } from '../audit-log.js';
import { TenantTransaction } from '../tenant-transaction.js';

/** Consent that ends: withdrawn by a person, or lapsed because what was approved is no longer what would be sent. */
@Injectable()
export class Approvals {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends the standing approvals of invoices that are not yet on their way, cancels their planned postings and puts them
   * back into review. Answers the ids that really lapsed: one whose posting has begun is left alone.
   */
  async lapse(invoiceIds: readonly string[], because: string): Promise<string[]> {
    if (invoiceIds.length === 0) return [];
    const now = this.clock.now();
    const parameters = [this.tx.tenantId, invoiceIds, now, because];
    const lapsed = await this.tx.query<{ id: string }>(
      `select i.id from invoice i where i.tenant_id = $1 and i.id = any($2) and i.state = 'approved' and not exists (
         select from posting p where p.tenant_id = i.tenant_id and p.invoice_id = i.id and p.operation = 'document' and p.state in ('sending', 'unknown', 'posted'))
       for update of i`,
      parameters.slice(0, 2),
    );
    const ids = lapsed.map((row) => row.id);
    if (ids.length === 0) return [];
    parameters[1] = ids;
    await this.tx.execute(
      `update approval set state = 'lapsed', ended_at = $3, ended_because = $4 where tenant_id = $1 and invoice_id = any($2) and state = 'standing'`,
      parameters,
    );
    await this.tx.execute(
      `update posting set state = 'skipped', cause = $4, updated_at = $3 where tenant_id = $1 and invoice_id = any($2) and state = 'planned' and operation in ('document', 'status')`,
      parameters,
    );
    await this.tx.execute(
      `update invoice set state = 'in_review', updated_at = $3 where tenant_id = $1 and id = any($2)`,
      parameters.slice(0, 3),
    );
    await this.tx.execute(
      `update reviewer set decision = 'waiting', decided_at = null where tenant_id = $1 and invoice_id = any($2)`,
      parameters.slice(0, 2),
    );
    for (const id of ids)
      await this.audit.record(SYSTEM, { action: 'approval.lapsed', subject: { kind: 'invoice', id }, after: { because } });
    return ids;
  }
}
