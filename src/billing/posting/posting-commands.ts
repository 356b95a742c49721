import { Injectable } from '@nestjs/common';
import { Refusal } from '../../domain/refusal.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Principal } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { ContentPolicy } from '../invoices/content-policy.repository.js';
import { InvoiceRepository } from '../invoices/invoice.repository.js';
import { DuePostingRepository } from '../outbox/due-posting.repository.js';
import type { PostingEntity } from '../outbox/posting.entity.js';
import { PostingRepository } from '../outbox/posting.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { stateRefusal } from './state-refusal.js';

/** What people do about postings: try again, leave out, do it now, and who looks after it. */
@Injectable()
export class PostingCommands {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly jobs: JobQueue,
    private readonly content: ContentPolicy,
    private readonly postings: PostingRepository,
    private readonly due: DuePostingRepository,
    private readonly invoices: InvoiceRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** A refused posting is planned anew, from the invoice as it was approved. */
  async retry(caller: Principal, id: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const posting = await this.postings.lock(id);
      if (posting.operation === 'contact' || posting.operation === 'item')
        throw new Refusal('conflict', 'This is made together with the documents that need it: press Retry at one of them.');
      if (posting.operation === 'document' || posting.operation === 'attachment') await this.content.refuseWithoutContent();
      if (!(await this.due.mayStillGo(posting)))
        throw new Refusal('conflict', 'The approval of this posting has ended. Approve the invoice again; that plans a new posting.');
      if (!(await this.postings.retry(id))) throw stateRefusal(posting, 'tried again');
      await this.begunAnew(caller, posting, 'posting.retried');
    });
  }

  /** Left out for good: the invoice stays approved, nothing is sent. */
  async skip(caller: Principal, id: string, reason: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const posting = await this.postings.lock(id);
      if (!(await this.postings.skip(id, reason))) throw stateRefusal(posting, 'left out');
      if (posting.operation === 'payment' && posting.invoiceId) await this.invoices.followMoney([posting.invoiceId]);
      await this.audit.record(caller.actor, { action: 'posting.skipped', subject: subjectOf(posting), after: { reason } });
    });
  }

  /** Without waiting for the undo time or a set hour. */
  async postNow(caller: Principal, id: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const posting = await this.postings.lock(id);
      if (!(await this.postings.postpone(id, this.clock.now()))) throw stateRefusal(posting, 'sent at once');
      await this.begunAnew(caller, posting, 'posting.hurried');
    });
  }

  async assign(caller: Principal, id: string, to: string | null): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const posting = await this.postings.lock(id);
      await this.postings.assign(id, to);
      await this.audit.record(caller.actor, {
        action: 'posting.assigned',
        subject: subjectOf(posting),
        before: { to: posting.assignedTo },
        after: { to },
      });
    });
  }

  private async begunAnew(caller: Principal, posting: PostingEntity, action: string): Promise<void> {
    await this.audit.record(caller.actor, { action, subject: subjectOf(posting) });
    await this.jobs.enqueue('posting.send', posting.connectionId);
  }
}

function subjectOf(posting: PostingEntity): { kind: string; id: string } {
  return posting.invoiceId ? { kind: 'invoice', id: posting.invoiceId } : { kind: 'posting', id: posting.id };
}
