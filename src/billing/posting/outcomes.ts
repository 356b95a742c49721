import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { NUMBER_TAKEN, type WriteOutcome } from '../../ports/outcome.js';
import { SYSTEM } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { ExternalRefRepository } from '../outbox/external-ref.repository.js';
import { lockInvoices } from '../invoices/invoice-lock.repository.js';
import type { DueDocument } from '../outbox/due-posting.repository.js';
import { PostingBatchRepository, type BatchMember } from '../outbox/posting-batch.repository.js';
import { PostingPlanner } from '../outbox/posting-planner.js';
import { PostingRepository } from '../outbox/posting.repository.js';
import { InvoiceRepository } from '../invoices/invoice.repository.js';
import type { PostingBatchEntity } from '../outbox/posting.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { PostingTimings } from './timings.js';

type Kind = PostingBatchEntity['kind'];

/** What follows from how a document's posting ended; one transaction with the posting's own change of state. */
@Injectable()
export class Outcomes {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly postings: PostingRepository,
    private readonly requests: PostingBatchRepository,
    private readonly planner: PostingPlanner,
    private readonly refs: ExternalRefRepository,
    private readonly invoices: InvoiceRepository,
    private readonly audit: AuditLog,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    private readonly timings: PostingTimings,
  ) {}

  /** Also closes the batch, as far as its members allow. */
  async ofBatch(
    batch: PostingBatchEntity,
    members: readonly BatchMember[],
    outcomes: readonly WriteOutcome[],
    transportFailure: boolean,
  ): Promise<void> {
    await lockInvoices(
      this.tx,
      members.map((member) => member.invoiceId),
    );
    const ended = members.map((_, index) => asEnded(outcomes[index]));
    for (const [index, member] of members.entries()) {
      const outcome = ended[index];
      if (outcome) await this.ofDocument(batch.connectionId, batch.kind, member, outcome);
    }
    await this.requests.answered(batch.id, transportFailure, this.timings.leaseMs);
    if (ended.some((outcome) => outcome.state === 'unknown')) {
      await this.jobs.enqueue('posting.reconcile', batch.connectionId, { startAfter: this.clock.later(this.timings.replayAfterMs) });
    }
  }

  /** The caller holds the invoice's lock. */
  async ofDocument(connectionId: string, kind: Kind, member: BatchMember, outcome: WriteOutcome): Promise<void> {
    if (!(await this.postings.apply(member.id, outcome))) return;
    if (outcome.state === 'posted') await this.posted(connectionId, kind, member, outcome);
    const after =
      outcome.state === 'posted'
        ? { externalId: outcome.externalId }
        : { cause: outcome.state === 'refused' ? outcome.cause : outcome.why };
    await this.audit.record(SYSTEM, {
      action: `posting.${outcome.state}`,
      subject: { kind: 'invoice', id: member.invoiceId },
      after: { number: member.number, ...after },
    });
  }

  /** Refused by ourselves, before anything was sent. */
  async refusePlanned(document: DueDocument, cause: string, vendorWords?: string): Promise<void> {
    if (!(await this.postings.refuseUnsent(document.id, cause, vendorWords))) return;
    await this.audit.record(SYSTEM, {
      action: 'posting.refused',
      subject: { kind: 'invoice', id: document.invoiceId },
      after: { number: document.content.number, cause },
    });
  }

  private async posted(
    connectionId: string,
    kind: Kind,
    member: BatchMember,
    outcome: { externalId: string; link?: string },
  ): Promise<void> {
    await this.refs.put(connectionId, 'document', member.invoiceId, outcome.externalId, outcome.link);
    await this.invoices.transition('posted', [member.invoiceId]);
    await this.invoices.followMoney([member.invoiceId]);
    await this.planner.plan({
      connectionId,
      operation: 'attachment',
      // Of this document, not of the invoice: one that is posted anew after a void needs its PDF, too.
      intentKey: outcome.externalId,
      intent: { documentExternalId: outcome.externalId, number: member.number, kind },
      invoiceId: member.invoiceId,
      notBefore: this.clock.now(),
      createdBy: SYSTEM.label,
    });
  }
}

/** "Number in use" may be our own earlier request that landed late: nobody knows until the number was looked up. */
function asEnded(outcome: WriteOutcome | undefined): WriteOutcome {
  if (!outcome) return { state: 'unknown', why: 'The ledger’s answer did not mention this document.' };
  if (outcome.state === 'refused' && outcome.vendorCode === NUMBER_TAKEN)
    return { state: 'unknown', why: 'The ledger says that the number is in use; it is being looked up by whom.', vendorCode: NUMBER_TAKEN };
  return outcome;
}
