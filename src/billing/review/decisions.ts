import { Injectable } from '@nestjs/common';
import { documentLook } from '../../domain/document-look.js';
import { notFound, Refusal } from '../../domain/refusal.js';
import { mayApproveAmount } from '../../domain/access.js';
import { may } from '../../domain/role.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import type { Caller } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { DataPolicyRepository } from '../../lifecycle/data-policy.repository.js';
import { PostingPlanner, UNDO_MS } from '../outbox/posting-planner.js';
import { ApprovalEntity, RejectionEntity } from './approval.entity.js';
import { DocumentEntity } from '../documents/document.entity.js';
import { InvoiceEntity } from '../invoices/invoice.entity.js';
import { ReviewerEntity } from './reviewer.entity.js';
import { BrandEntity } from '../documents/brand.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

export interface ApprovalResult {
  /** Others still have to approve when false. */
  final: boolean;
  /** Until when the approval can be taken back without a trace at any vendor. */
  undoUntil: Date;
  posting: 'planned' | 'already' | 'no-ledger' | 'before-go-live' | 'waits-for-reviewers';
}

/** What people decide about an invoice: consent to one stored document, or a reason why not. */
@Injectable()
export class Decisions {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly policies: DataPolicyRepository,
    private readonly postings: PostingPlanner,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * @param documentHash SHA-256 of the stored bytes the person looked at.
   * @param forAll approve in place of all reviewers; implied for an Owner, Admin or key that is no reviewer.
   * @throws Refusal 'conflict' with `documentHash` of the present document when the person looked at an older one
   */
  async approve(caller: Caller, invoiceId: string, documentHash: string, forAll = false): Promise<ApprovalResult> {
    return await this.tx.run(caller.tenantId, async () => {
      const invoice = await this.lock(invoiceId);
      const document = await this.presentDocument(invoice);
      if (document?.sha256 !== documentHash) {
        throw new Refusal('conflict', 'The document changed since you looked at it. Look at the present one and approve that.', {
          documentHash: document?.sha256 ?? null,
        });
      }
      if (invoice.state !== 'in_review')
        throw new Refusal('conflict', `Only an invoice in review can be approved; this one is ${words(invoice.state)}.`, {
          state: invoice.state,
        });
      refuseAbove(caller, invoice);
      const seat = await this.takeSeat(caller, invoice, forAll);
      const approval = await this.record(caller, invoice, document, seat);
      if (!seat.final) return { final: false, undoUntil: this.clock.later(UNDO_MS), posting: 'waits-for-reviewers' };
      return await this.finalize(caller, invoice, approval);
    });
  }

  /** Takes the caller's consent back, as long as nothing was sent. Owner and Admin may take back anybody's. */
  async withdraw(caller: Caller, invoiceId: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const invoice = await this.lock(invoiceId);
      const standing = await this.tx.rows(ApprovalEntity).findBy({ tenantId: caller.tenantId, invoiceId, state: 'standing' });
      const mine = standing.filter(
        (approval) => approval.approvedByKind === caller.actor.kind && approval.approvedById === caller.actor.id,
      );
      const ending = mine.length > 0 ? mine : may(caller, 'invoice.approve_for_all') ? standing : [];
      if (ending.length === 0) throw new Refusal('conflict', 'There is no approval of yours to take back.');
      if (!['approved', 'in_review'].includes(invoice.state) || (await this.onItsWay(invoiceId))) {
        throw new Refusal(
          'conflict',
          'The invoice is already on its way to the ledger, so the approval cannot be taken back. Void it in the ledger instead.',
        );
      }
      const now = this.clock.now();
      for (const approval of ending) {
        await this.tx
          .rows(ApprovalEntity)
          .update(
            { tenantId: caller.tenantId, id: approval.id },
            { state: 'withdrawn', endedAt: now, endedBecause: `Taken back by ${caller.actor.label}` },
          );
        if (approval.reviewerId) await this.setReviewer(approval.reviewerId, 'waiting', null);
      }
      if (invoice.state === 'approved') {
        const cancelled = await this.postings.cancelPlanned(invoiceId, `${caller.actor.label} took the approval back.`);
        await this.tx
          .rows(InvoiceEntity)
          .update({ tenantId: caller.tenantId, id: invoiceId }, { state: 'in_review', updatedAt: now, ledgerConnectionId: null });
        const told = await this.tx.query(
          `select 1 from posting where tenant_id = $1 and invoice_id = $2 and operation = 'status' and state in ('sending', 'unknown', 'posted') limit 1`,
          [caller.tenantId, invoiceId],
        );
        if (!cancelled.includes('status') || told.length > 0)
          await this.postings.planStatus(invoice, 'reopened', uuidv7(), caller.actor, now);
      }
      await this.audit.record(caller.actor, { action: 'approval.withdrawn', subject: { kind: 'invoice', id: invoiceId } });
    });
  }

  async reject(caller: Caller, invoiceId: string, reason: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const invoice = await this.lock(invoiceId);
      if (invoice.state !== 'in_review')
        throw new Refusal('conflict', `Only an invoice in review can be rejected; this one is ${words(invoice.state)}.`, {
          state: invoice.state,
        });
      const id = uuidv7();
      const now = this.clock.now();
      await this.tx.rows(RejectionEntity).insert({
        tenantId: caller.tenantId,
        id,
        invoiceId,
        revisionId: invoice.revisionId,
        rejectedByKind: personOrKey(caller),
        rejectedById: caller.actor.id,
        rejectedByLabel: caller.actor.label,
        reason,
        at: now,
        withdrawnAt: null,
      });
      const seat = await this.reviewerOf(caller, invoiceId);
      if (seat) await this.setReviewer(seat.id, 'rejected', now);
      await this.tx.execute(
        `update approval set state = 'lapsed', ended_at = $3, ended_because = 'The invoice was rejected.'
          where tenant_id = $1 and invoice_id = $2 and state = 'standing'`,
        [caller.tenantId, invoiceId, now],
      );
      await this.tx.rows(InvoiceEntity).update({ tenantId: caller.tenantId, id: invoiceId }, { state: 'rejected', updatedAt: now });
      await this.postings.planStatus(invoice, 'rejected', id, caller.actor, this.clock.later(UNDO_MS));
      await this.audit.record(caller.actor, { action: 'invoice.rejected', subject: { kind: 'invoice', id: invoiceId }, after: { reason } });
    });
  }

  /** Back into review without a new revision: the rejection was a mistake. */
  async reopen(caller: Caller, invoiceId: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const invoice = await this.lock(invoiceId);
      if (invoice.state !== 'rejected')
        throw new Refusal('conflict', `Only a rejected invoice can be reopened; this one is ${words(invoice.state)}.`, {
          state: invoice.state,
        });
      const now = this.clock.now();
      const cancelled = await this.postings.cancelPlanned(invoiceId, `${caller.actor.label} reopened the invoice.`);
      await this.tx.execute('update rejection set withdrawn_at = $3 where tenant_id = $1 and invoice_id = $2 and withdrawn_at is null', [
        caller.tenantId,
        invoiceId,
        now,
      ]);
      await this.tx.execute(`update reviewer set decision = 'waiting', decided_at = null where tenant_id = $1 and invoice_id = $2`, [
        caller.tenantId,
        invoiceId,
      ]);
      await this.tx.rows(InvoiceEntity).update({ tenantId: caller.tenantId, id: invoiceId }, { state: 'in_review', updatedAt: now });
      if (!cancelled.includes('status')) await this.postings.planStatus(invoice, 'reopened', uuidv7(), caller.actor, now);
      await this.audit.record(caller.actor, { action: 'invoice.reopened', subject: { kind: 'invoice', id: invoiceId } });
    });
  }

  private async lock(invoiceId: string): Promise<InvoiceEntity> {
    await this.policies.refuseWithoutContent();
    const invoice = await this.tx
      .rows(InvoiceEntity)
      .findOne({ where: { tenantId: this.tx.tenantId, id: invoiceId }, lock: { mode: 'pessimistic_write' } });
    if (!invoice) throw notFound('This invoice');
    return invoice;
  }

  private async presentDocument(invoice: InvoiceEntity): Promise<DocumentEntity | null> {
    const brand = await this.tx.rows(BrandEntity).findOneByOrFail({ tenantId: this.tx.tenantId });
    return await this.tx.rows(DocumentEntity).findOneBy({
      tenantId: this.tx.tenantId,
      revisionId: invoice.revisionId,
      look: documentLook(brand.version, invoice.locationExternalId),
    });
  }

  /** Whether this caller may approve, and whether that settles it. */
  private async takeSeat(
    caller: Caller,
    invoice: InvoiceEntity,
    forAll: boolean,
  ): Promise<{ reviewerId: string | null; forAll: boolean; final: boolean }> {
    const reviewers = await this.tx.rows(ReviewerEntity).findBy({ tenantId: caller.tenantId, invoiceId: invoice.id });
    if (reviewers.length === 0) return { reviewerId: null, forAll: false, final: true };
    const seat = await this.reviewerOf(caller, invoice.id);
    const mayForAll = may(caller, 'invoice.approve_for_all');
    if (mayForAll && (forAll || !seat)) return { reviewerId: seat?.id ?? null, forAll: true, final: true };
    if (!seat)
      throw new Refusal(
        'forbidden',
        'This invoice has reviewers and you are not one of them. Ask an Admin to add you, or to approve for all.',
      );
    const waiting = reviewers.filter((reviewer) => reviewer.id !== seat.id && reviewer.decision !== 'approved');
    return { reviewerId: seat.id, forAll: false, final: waiting.length === 0 };
  }

  private async record(
    caller: Caller,
    invoice: InvoiceEntity,
    document: DocumentEntity,
    seat: { reviewerId: string | null; forAll: boolean; final: boolean },
  ): Promise<ApprovalEntity> {
    const now = this.clock.now();
    const already = await this.tx.rows(ApprovalEntity).findOneBy({
      tenantId: caller.tenantId,
      invoiceId: invoice.id,
      state: 'standing',
      approvedByKind: personOrKey(caller),
      approvedById: caller.actor.id,
    });
    if (already) throw new Refusal('conflict', 'You have approved this invoice already; others still have to.');
    const approval = this.tx.rows(ApprovalEntity).create({
      tenantId: caller.tenantId,
      id: uuidv7(),
      invoiceId: invoice.id,
      revisionId: invoice.revisionId,
      documentId: document.id,
      documentSha256: document.sha256,
      approvedByKind: personOrKey(caller),
      approvedById: caller.actor.id,
      approvedByLabel: caller.actor.label,
      reviewerId: seat.reviewerId,
      forAll: seat.forAll,
      final: seat.final,
      state: 'standing',
      at: now,
      endedAt: null,
      endedBecause: null,
    });
    await this.tx.rows(ApprovalEntity).insert(approval);
    if (seat.reviewerId) await this.setReviewer(seat.reviewerId, 'approved', now);
    await this.audit.record(caller.actor, {
      action: seat.final ? 'invoice.approved' : 'approval.given',
      subject: { kind: 'invoice', id: invoice.id },
      after: { documentHash: document.sha256, total: invoice.total, currency: invoice.currency, forAll: seat.forAll },
    });
    return approval;
  }

  private async finalize(caller: Caller, invoice: InvoiceEntity, approval: ApprovalEntity): Promise<ApprovalResult> {
    const undoUntil = this.clock.later(UNDO_MS);
    await this.tx
      .rows(InvoiceEntity)
      .update({ tenantId: caller.tenantId, id: invoice.id }, { state: 'approved', updatedAt: this.clock.now() });
    const posting = await this.postings.planDocument(invoice.id, approval.id, caller.actor, undoUntil);
    await this.postings.planStatus(invoice, 'approved', approval.id, caller.actor, undoUntil);
    return { final: true, undoUntil, posting };
  }

  private async reviewerOf(caller: Caller, invoiceId: string): Promise<ReviewerEntity | null> {
    if (!caller.email) return null;
    return await this.tx.rows(ReviewerEntity).findOneBy({ tenantId: caller.tenantId, invoiceId, email: caller.email });
  }

  private async setReviewer(id: string, decision: ReviewerEntity['decision'], at: Date | null): Promise<void> {
    await this.tx.rows(ReviewerEntity).update({ tenantId: this.tx.tenantId, id }, { decision, decidedAt: at });
  }

  private async onItsWay(invoiceId: string): Promise<boolean> {
    const rows = await this.tx.query(
      `select 1 from posting where tenant_id = $1 and invoice_id = $2 and operation = 'document' and state in ('sending', 'unknown', 'posted') limit 1`,
      [this.tx.tenantId, invoiceId],
    );
    return rows.length > 0;
  }
}

function personOrKey(caller: Caller): 'person' | 'api_key' {
  if (caller.actor.kind === 'person' || caller.actor.kind === 'api_key') return caller.actor.kind;
  throw new Refusal('forbidden', 'Only people and API keys decide about invoices.');
}

function refuseAbove({ approveUpTo = null }: Caller, { total, currency }: InvoiceEntity): void {
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

function words(state: string): string {
  return state.replace('_', ' ');
}
