import { Injectable } from '@nestjs/common';
import { mayApproveAmount } from '../../domain/access.js';
import { decide, type Decided, type Decision, type Review } from '../../domain/approval-decisions.js';
import { Refusal } from '../../domain/refusal.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import type { Principal } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { ContentPolicy } from '../invoices/content-policy.repository.js';
import { UNDO_MS } from '../../domain/posting-policy.js';
import { DuePostingRepository } from '../outbox/due-posting.repository.js';
import { PostingPlanner } from '../outbox/posting-planner.js';
import { PostingRepository } from '../outbox/posting.repository.js';
import type { InvoiceEntity } from '../invoices/invoice.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { InvoiceRepository } from '../invoices/invoice.repository.js';
import { deciderOf, OpenReviews } from './open-reviews.js';
import { ReviewRepository, type SeenDocument } from './review.repository.js';

export interface ApprovalResult {
  /** Others still have to approve when false. */
  final: boolean;
  /** Until when the approval can be taken back without a trace at any vendor. */
  undoUntil: Date;
  posting: 'planned' | 'already' | 'no-ledger' | 'before-go-live' | 'waits-for-reviewers';
}

/**
 * What people decide about an invoice: consent to one stored document, or a reason why not. Each is decided by
 * domain/approval-decisions.ts, from what stands in the database while this transaction holds the invoice.
 */
@Injectable()
export class Decisions {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly content: ContentPolicy,
    private readonly open: OpenReviews,
    private readonly reviews: ReviewRepository,
    private readonly invoices: InvoiceRepository,
    private readonly postings: PostingPlanner,
    private readonly outbox: PostingRepository,
    private readonly due: DuePostingRepository,
    private readonly jobs: JobQueue,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * @param documentHash SHA-256 of the stored bytes the person looked at.
   * @param forAll approve in place of all reviewers; implied for an Owner, Admin or key that is no reviewer.
   * @throws Refusal 'conflict' with `documentHash` of the present document when the person looked at an older one
   */
  async approve(caller: Principal, invoiceId: string, documentHash: string, forAll = false): Promise<ApprovalResult> {
    const kind = personOrKey(caller);
    return await this.inReview(caller, invoiceId, async (invoice, review) => {
      const document = await this.seen(invoice, documentHash);
      const decided = decide(review, { what: 'approve', by: deciderOf(caller), consentId: uuidv7(), forAll });
      refuseAbove(caller, invoice);
      const { given } = decided;
      if (!given) throw new Error('An approval was decided that is none');
      const { actor } = caller;
      await this.open.save([{ invoiceId, before: review, decided }]);
      await this.reviews.insertApproval(given, { approvedByKind: kind, approvedById: actor.id, approvedByLabel: actor.label }, document);
      await this.audit.record(actor, {
        action: given.final ? 'invoice.approved' : 'approval.given',
        subject: { kind: 'invoice', id: invoiceId },
        after: { documentHash, total: invoice.total, currency: invoice.currency, forAll: given.forAll },
      });
      const undoUntil = this.clock.later(UNDO_MS);
      if (!given.final) return { final: false, undoUntil, posting: 'waits-for-reviewers' };
      const posting = await this.postings.planDocument(invoiceId, given.id, actor, undoUntil);
      await this.postings.planStatus(invoice, 'approved', given.id, actor, undoUntil);
      return { final: true, undoUntil, posting };
    });
  }

  /** Takes the caller's consent back, as long as nothing was sent. Owner and Admin may take back anybody's. */
  async withdraw(caller: Principal, invoiceId: string): Promise<void> {
    await this.inReview(caller, invoiceId, async (invoice, review) => {
      const decided = await this.decided(invoiceId, review, { what: 'withdraw', by: deciderOf(caller) });
      if (decided.event) await this.backInReview(caller, invoice, `${caller.actor.label} took the approval back.`);
      await this.audit.record(caller.actor, { action: 'approval.withdrawn', subject: { kind: 'invoice', id: invoiceId } });
    });
  }

  async reject(caller: Principal, invoiceId: string, reason: string): Promise<void> {
    const kind = personOrKey(caller);
    await this.inReview(caller, invoiceId, async (invoice, review) => {
      await this.decided(invoiceId, review, { what: 'reject', by: deciderOf(caller) });
      const id = uuidv7();
      const { actor } = caller;
      await this.reviews.insertRejection(invoice, {
        id,
        rejectedByKind: kind,
        rejectedById: actor.id,
        rejectedByLabel: actor.label,
        reason,
      });
      await this.postings.planStatus(invoice, 'rejected', id, actor, this.clock.later(UNDO_MS));
      await this.audit.record(actor, { action: 'invoice.rejected', subject: { kind: 'invoice', id: invoiceId }, after: { reason } });
    });
  }

  /**
   * Back into review without a new revision: the rejection was a mistake, or the document was voided in the ledger and is to be
   * approved and posted anew.
   */
  async reopen(caller: Principal, invoiceId: string): Promise<void> {
    personOrKey(caller);
    await this.inReview(caller, invoiceId, async (invoice, review) => {
      await this.decided(invoiceId, review, { what: 'reopen' });
      await this.reviews.withdrawRejections(invoiceId);
      if (invoice.state === 'void') {
        await this.invoices.takeNewestRevision(invoiceId);
        await this.jobs.enqueue('review.check', invoice.connectionId);
      }
      await this.backInReview(caller, invoice, `${caller.actor.label} reopened the invoice.`);
      await this.audit.record(caller.actor, {
        action: 'invoice.reopened',
        subject: { kind: 'invoice', id: invoiceId },
        before: { state: invoice.state, ...(invoice.voidCause && { cause: invoice.voidCause }) },
      });
    });
  }

  private async inReview<T>(
    caller: Principal,
    invoiceId: string,
    work: (invoice: InvoiceEntity, review: Review) => Promise<T>,
  ): Promise<T> {
    return await this.tx.run(caller.tenantId, async () => {
      await this.content.refuseWithoutContent();
      const { invoice, review } = await this.open.lock(invoiceId);
      return await work(invoice, review);
    });
  }

  private async decided(invoiceId: string, before: Review, decision: Decision): Promise<Decided> {
    const decided = decide(before, decision);
    await this.open.save([{ invoiceId, before, decided }]);
    return decided;
  }

  private async seen(invoice: InvoiceEntity, documentHash: string): Promise<SeenDocument> {
    const document = await this.reviews.presentDocument(invoice);
    if (document?.sha256 === documentHash) return document;
    throw new Refusal('conflict', 'The document changed since you looked at it. Look at the present one and approve that.', {
      documentHash: document?.sha256 ?? null,
    });
  }

  /** What was planned and not begun is not sent. The PSA is told, unless it never heard of what is now taken back. */
  private async backInReview(caller: Principal, invoice: InvoiceEntity, because: string): Promise<void> {
    const cancelled = await this.outbox.skipPlannedOf([invoice.id], because);
    const toldNothing = cancelled.some(({ operation }) => operation === 'status') && !(await this.due.statusWasTold(invoice.id));
    if (!toldNothing) await this.postings.planStatus(invoice, 'reopened', uuidv7(), caller.actor, this.clock.now());
  }
}

function personOrKey(caller: Principal): 'person' | 'api_key' {
  if (caller.actor.kind === 'person' || caller.actor.kind === 'api_key') return caller.actor.kind;
  throw new Refusal('forbidden', 'Only people and API keys decide about invoices.');
}

function refuseAbove({ approveUpTo = null }: Principal, { total, currency }: InvoiceEntity): void {
  if (mayApproveAmount(approveUpTo, total, currency)) return;
  const most = approveUpTo?.[currency];
  throw new Refusal(
    'forbidden',
    most === undefined
      ? `You may not approve invoices in ${currency}. Ask somebody who may, or an owner to set a limit for you.`
      : `You may approve up to ${most} ${currency}, and this invoice is above it. Ask somebody who may approve more.`,
    { aboveLimit: true },
  );
}
