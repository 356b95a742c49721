import { Injectable } from '@nestjs/common';
import { decide } from '../../domain/approval-decisions.js';
import { notFound } from '../../domain/refusal.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import type { Principal } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { ContentPolicy } from '../invoices/content-policy.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { deciderOf, OpenReviews } from './open-reviews.js';
import { ReviewRepository } from './review.repository.js';

/** Whose approval an invoice needs, and who has seen it. */
@Injectable()
export class Reviewers {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly content: ContentPolicy,
    private readonly open: OpenReviews,
    private readonly reviews: ReviewRepository,
    private readonly audit: AuditLog,
  ) {}

  /** Whoever is asked already stays as they are, and nothing is recorded. */
  async add(caller: Principal, invoiceId: string, wanted: { email: string; name: string }): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      await this.content.refuseWithoutContent();
      const { review } = await this.open.lock(invoiceId);
      const reviewer = { id: uuidv7(), email: wanted.email.trim().toLowerCase(), name: wanted.name };
      const decided = decide(review, { what: 'add_reviewer', reviewer });
      if (decided.review.reviewers.length === review.reviewers.length) return;
      await this.reviews.insertReviewer(invoiceId, reviewer);
      await this.audit.record(caller.actor, {
        action: 'reviewer.added',
        subject: { kind: 'invoice', id: invoiceId },
        after: { name: reviewer.name },
      });
    });
  }

  /** An Admin or that reviewer. Nobody makes another approval count by it. */
  async remove(caller: Principal, invoiceId: string, reviewerId: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const { review } = await this.open.lock(invoiceId);
      const reviewer = await this.reviews.reviewer(invoiceId, reviewerId);
      if (!reviewer) throw notFound('This reviewer');
      const decided = decide(review, { what: 'remove_reviewer', by: deciderOf(caller), reviewerId });
      await this.open.save([{ invoiceId, before: review, decided }]);
      await this.audit.record(caller.actor, {
        action: 'reviewer.removed',
        subject: { kind: 'invoice', id: invoiceId },
        before: { name: reviewer.name, decision: reviewer.decision },
        after: { endedApprovals: decided.ended.length },
      });
    });
  }

  async markViewed({ tenantId, personId, email }: Principal, invoiceId: string): Promise<void> {
    if (!personId) return;
    await this.tx.run(tenantId, () => this.reviews.markViewed(invoiceId, personId, email));
  }
}
