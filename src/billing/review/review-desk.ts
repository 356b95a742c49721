import { Injectable } from '@nestjs/common';
import { notFound } from '../../domain/refusal.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import type { Caller } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { DataPolicyRepository } from '../../lifecycle/data-policy.repository.js';
import { FlagEntity } from './flag.entity.js';
import { InvoiceEntity } from '../invoices/invoice.entity.js';
import { ReviewerEntity } from './reviewer.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { OPEN_COUNTS } from './check.job.js';

/** What people do about flags and reviewers besides deciding. */
@Injectable()
export class ReviewDesk {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly policies: DataPolicyRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** "Mark as OK": hangs on the record in the PSA, so that a new pull does not bring the flag back. */
  async dismiss(caller: Caller, invoiceId: string, flagId: string, dismissed: boolean): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      await this.policies.refuseWithoutContent();
      const flag = await this.tx.rows(FlagEntity).findOneBy({ tenantId: caller.tenantId, invoiceId, id: flagId });
      if (!flag) throw notFound('This flag');
      const mark = dismissed
        ? { dismissedBy: caller.actor.label, dismissedAt: this.clock.now() }
        : { dismissedBy: null, dismissedAt: null };
      await this.tx.rows(FlagEntity).update({ tenantId: caller.tenantId, id: flagId }, mark);
      await this.tx.execute(`update invoice i set ${OPEN_COUNTS} where i.tenant_id = $1 and i.id = $2`, [caller.tenantId, invoiceId]);
      await this.audit.record(caller.actor, {
        action: dismissed ? 'flag.dismissed' : 'flag.restored',
        subject: { kind: 'invoice', id: invoiceId },
        after: { rule: flag.rule, title: flag.title, target: flag.target },
      });
    });
  }

  async addReviewer(caller: Caller, invoiceId: string, reviewer: { email: string; name: string }): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      await this.policies.refuseWithoutContent();
      await this.mustExist(invoiceId);
      const email = reviewer.email.trim().toLowerCase();
      await this.tx.execute(
        'insert into reviewer (tenant_id, id, invoice_id, email, name) values ($1, $2, $3, $4, $5) on conflict do nothing',
        [caller.tenantId, uuidv7(), invoiceId, email, reviewer.name],
      );
      await this.audit.record(caller.actor, {
        action: 'reviewer.added',
        subject: { kind: 'invoice', id: invoiceId },
        after: { name: reviewer.name },
      });
    });
  }

  async removeReviewer(caller: Caller, invoiceId: string, reviewerId: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const reviewer = await this.tx.rows(ReviewerEntity).findOneBy({ tenantId: caller.tenantId, invoiceId, id: reviewerId });
      if (!reviewer) throw notFound('This reviewer');
      await this.tx.execute('update approval set reviewer_id = null where tenant_id = $1 and reviewer_id = $2', [
        caller.tenantId,
        reviewerId,
      ]);
      await this.tx.rows(ReviewerEntity).delete({ tenantId: caller.tenantId, id: reviewerId });
      await this.audit.record(caller.actor, {
        action: 'reviewer.removed',
        subject: { kind: 'invoice', id: invoiceId },
        before: { name: reviewer.name },
      });
    });
  }

  /** The first look makes it read, and shows the others that a reviewer has seen it. */
  async markViewed(caller: Caller, invoiceId: string): Promise<void> {
    const { personId, email, tenantId } = caller;
    if (!personId) return;
    await this.tx.run(tenantId, async () => {
      const now = this.clock.now();
      await this.tx.execute(
        'insert into invoice_view (tenant_id, invoice_id, person_id, viewed_at) values ($1, $2, $3, $4) on conflict do nothing',
        [tenantId, invoiceId, personId, now],
      );
      if (email) {
        await this.tx.execute(
          `update reviewer set decision = 'viewed', decided_at = $4 where tenant_id = $1 and invoice_id = $2 and email = $3 and decision = 'waiting'`,
          [tenantId, invoiceId, email, now],
        );
      }
    });
  }

  private async mustExist(invoiceId: string): Promise<void> {
    if (!(await this.tx.rows(InvoiceEntity).existsBy({ tenantId: this.tx.tenantId, id: invoiceId }))) throw notFound('This invoice');
  }
}
