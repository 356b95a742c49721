import { Injectable } from '@nestjs/common';
import { decide, type Decision } from '../../domain/approval-decisions.js';
import { SYSTEM } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { PostingRepository } from '../outbox/posting.repository.js';
import { StandingApprovals } from '../invoices/standing-approvals.js';
import { OpenReviews } from './open-reviews.js';
import type { ReviewChange } from './review.repository.js';

/** Approvals and rejections that end because of what happened in the PSA or in the ledger, many invoices at once. */
@Injectable()
export class LapsingApprovals extends StandingApprovals {
  constructor(
    private readonly open: OpenReviews,
    private readonly postings: PostingRepository,
    private readonly audit: AuditLog,
  ) {
    super();
  }

  override async lapse(invoiceIds: readonly string[], because: string): Promise<string[]> {
    const changes = await this.decideAll(invoiceIds, { what: 'revise', because });
    const ids = changes.map(({ invoiceId }) => invoiceId);
    await this.postings.skipPlannedOf(ids, because);
    for (const { invoiceId, decided } of changes) {
      if (decided.ended.length === 0) continue;
      await this.audit.record(SYSTEM, { action: 'approval.lapsed', subject: { kind: 'invoice', id: invoiceId }, after: { because } });
    }
    return ids;
  }

  override async voidedInLedger(invoiceIds: readonly string[]): Promise<string[]> {
    const changes = await this.decideAll(invoiceIds, { what: 'void' });
    const ids = changes.map(({ invoiceId }) => invoiceId);
    await this.postings.voidDocuments(ids);
    await this.postings.skipPlannedOf(ids, 'The document was voided in the ledger.');
    for (const id of ids) await this.audit.record(SYSTEM, { action: 'invoice.voided_in_ledger', subject: { kind: 'invoice', id } });
    return ids;
  }

  /** Only those for which it means something. */
  private async decideAll(invoiceIds: readonly string[], decision: Decision): Promise<ReviewChange[]> {
    if (invoiceIds.length === 0) return [];
    const changes = [...(await this.open.lockAll(invoiceIds))]
      .map(([invoiceId, before]) => ({ invoiceId, before, decided: decide(before, decision) }))
      .filter(({ decided }) => decided.ended.length > 0 || decided.event !== undefined);
    if (changes.length > 0) await this.open.save(changes);
    return changes;
  }
}
