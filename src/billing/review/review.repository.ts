import { Injectable } from '@nestjs/common';
import type { Consent, Decided, Review, ReviewerSeat } from '../../domain/approval-decisions.js';
import { documentLook } from '../../domain/document-look.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { ApprovalEntity, RejectionEntity } from './approval.entity.js';
import { InvoiceViewEntity, ReviewerEntity } from './reviewer.entity.js';
import { type InvoiceEntity } from '../invoices/invoice.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

/** What a decision changed about one invoice. */
export interface ReviewChange {
  invoiceId: string;
  before: Review;
  decided: Decided;
}

/** A stored document, as far as consent to it needs to name it. */
export interface SeenDocument {
  id: string;
  invoiceId: string;
  revisionId: string;
  sha256: string;
}

/** Who is asked about an invoice, what they decided and what they saw: the only writer of those four tables. */
@Injectable()
export class ReviewRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** What decisions about these invoices depend on. Whoever goes on to decide holds the invoices. */
  async reviews(invoiceIds: readonly string[]): Promise<Map<string, Review>> {
    const rows = await this.tx.query<Review & { id: string }>(
      `select i.id, i.state, i.void_cause as "voidCause",
              exists (select from posting p where p.tenant_id = i.tenant_id and p.invoice_id = i.id and p.operation = 'document'
                and p.state in ('sending', 'unknown', 'posted')) as sent,
              coalesce((select jsonb_agg(jsonb_build_object('id', r.id, 'email', r.email, 'decision', r.decision) order by r.id)
                from reviewer r where r.tenant_id = i.tenant_id and r.invoice_id = i.id), '[]') as reviewers,
              coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'by', a.approved_by_kind || ' ' || a.approved_by_id,
                  'reviewerId', a.reviewer_id, 'forAll', a.for_all, 'final', a.final) order by a.id)
                from approval a where a.tenant_id = i.tenant_id and a.invoice_id = i.id and a.state = 'standing'), '[]') as consents
       from invoice i where i.tenant_id = $1 and i.id = any($2)`,
      [this.tx.tenantId, invoiceIds],
    );
    return new Map(rows.map(({ id, ...review }) => [id, review]));
  }

  /** Everything but a new approval and a new reviewer, whose other facts only the caller knows. */
  async save(changes: readonly ReviewChange[]): Promise<void> {
    await this.endConsents(changes.flatMap(({ decided }) => decided.ended));
    await this.unmakeFinal(
      changes.flatMap(({ before, decided }) => decided.review.consents.filter((consent) => !consent.final && wasFinal(before, consent))),
    );
    for (const { invoiceId, before, decided } of changes) {
      const left = new Set(decided.review.reviewers.map(({ id }) => id));
      for (const { id } of before.reviewers.filter((reviewer) => !left.has(reviewer.id))) await this.removeReviewer(invoiceId, id);
    }
    await this.setDecisions(changes.flatMap(({ before, decided }) => changedSeats(before, decided.review)));
  }

  private async endConsents(ended: Decided['ended']): Promise<void> {
    if (ended.length === 0) return;
    await this.tx.execute(
      `update approval a set state = e.how, ended_at = $3, ended_because = e.because
       from jsonb_to_recordset($2::jsonb) as e (id uuid, how text, because text)
       where a.tenant_id = $1 and a.id = e.id and a.state = 'standing'`,
      [this.tx.tenantId, JSON.stringify(ended), this.clock.now()],
    );
  }

  private async unmakeFinal(consents: readonly Consent[]): Promise<void> {
    if (consents.length === 0) return;
    await this.tx.execute('update approval set final = false where tenant_id = $1 and id = any($2)', [
      this.tx.tenantId,
      consents.map(({ id }) => id),
    ]);
  }

  private async setDecisions(seats: readonly ReviewerSeat[]): Promise<void> {
    if (seats.length === 0) return;
    await this.tx.execute(
      `update reviewer r set decision = s.decision, decided_at = case when s.decision = 'waiting' then null else $3::timestamptz end
       from jsonb_to_recordset($2::jsonb) as s (id uuid, decision text) where r.tenant_id = $1 and r.id = s.id`,
      [this.tx.tenantId, JSON.stringify(seats), this.clock.now()],
    );
  }

  /** Their approvals stay as history, of nobody's seat. */
  private async removeReviewer(invoiceId: string, reviewerId: string): Promise<void> {
    const { tenantId } = this.tx;
    await this.tx.rows(ApprovalEntity).update({ tenantId, invoiceId, reviewerId }, { reviewerId: null });
    await this.tx.rows(ReviewerEntity).delete({ tenantId, invoiceId, id: reviewerId });
  }

  async insertApproval(
    consent: Consent,
    by: Pick<ApprovalEntity, 'approvedByKind' | 'approvedById' | 'approvedByLabel'>,
    document: SeenDocument,
  ): Promise<void> {
    const { invoiceId, revisionId, id: documentId, sha256: documentSha256 } = document;
    const { id, reviewerId, forAll, final } = consent;
    await this.tx.rows(ApprovalEntity).insert({
      tenantId: this.tx.tenantId,
      id,
      invoiceId,
      revisionId,
      documentId,
      documentSha256,
      ...by,
      reviewerId,
      forAll,
      final,
      state: 'standing',
      at: this.clock.now(),
      endedAt: null,
      endedBecause: null,
    });
  }

  async insertReviewer(invoiceId: string, reviewer: Pick<ReviewerEntity, 'id' | 'email' | 'name'>): Promise<void> {
    await this.tx.rows(ReviewerEntity).insert({ tenantId: this.tx.tenantId, invoiceId, ...reviewer, decision: 'waiting', decidedAt: null });
  }

  async reviewer(invoiceId: string, id: string): Promise<ReviewerEntity | null> {
    return await this.tx.rows(ReviewerEntity).findOneBy({ tenantId: this.tx.tenantId, invoiceId, id });
  }

  /** The first time that an invoice is put before people: those whom the PSA names. Afterwards the list is ours. */
  async seedReviewers(reviewers: readonly Pick<ReviewerEntity, 'invoiceId' | 'email' | 'name'>[]): Promise<void> {
    if (reviewers.length === 0) return;
    await this.tx.execute(
      `insert into reviewer (tenant_id, id, invoice_id, email, name)
       select $1, r.id, r.invoice_id, r.email, r.name
       from jsonb_to_recordset($2::jsonb) as r (id uuid, invoice_id uuid, email text, name text) on conflict do nothing`,
      [
        this.tx.tenantId,
        JSON.stringify(reviewers.map(({ invoiceId, email, name }) => ({ id: uuidv7(), invoice_id: invoiceId, email, name }))),
      ],
    );
  }

  async insertRejection(
    invoice: InvoiceEntity,
    by: Pick<RejectionEntity, 'id' | 'rejectedByKind' | 'rejectedById' | 'rejectedByLabel' | 'reason'>,
  ): Promise<void> {
    const { tenantId, id: invoiceId, revisionId } = invoice;
    await this.tx.rows(RejectionEntity).insert({ tenantId, invoiceId, revisionId, ...by, at: this.clock.now(), withdrawnAt: null });
  }

  async withdrawRejections(invoiceId: string): Promise<void> {
    await this.tx.execute('update rejection set withdrawn_at = $3 where tenant_id = $1 and invoice_id = $2 and withdrawn_at is null', [
      this.tx.tenantId,
      invoiceId,
      this.clock.now(),
    ]);
  }

  /** The document that an approval given now would consent to. */
  async presentDocument({ revisionId, locationExternalId }: InvoiceEntity): Promise<SeenDocument | undefined> {
    // Documents and brands belong to another stage: their tables are read here, their classes are not known.
    const stored = await this.tx.query<SeenDocument & { look: string; brandVersion: number }>(
      `select d.id, d.invoice_id as "invoiceId", d.revision_id as "revisionId", d.sha256, d.look, b.version as "brandVersion"
       from document d join brand b on b.tenant_id = d.tenant_id where d.tenant_id = $1 and d.revision_id = $2`,
      [this.tx.tenantId, revisionId],
    );
    return stored.find(({ look, brandVersion }) => look === documentLook(brandVersion, locationExternalId));
  }

  /** The first look makes it read, and shows the others that a reviewer has seen it. */
  async markViewed(invoiceId: string, personId: string, email: string | undefined): Promise<void> {
    const { tenantId } = this.tx;
    const viewedAt = this.clock.now();
    await this.tx
      .rows(InvoiceViewEntity)
      .createQueryBuilder()
      .insert()
      .values({ tenantId, invoiceId, personId, viewedAt })
      .orIgnore()
      .execute();
    if (email !== undefined)
      await this.tx
        .rows(ReviewerEntity)
        .update({ tenantId, invoiceId, email, decision: 'waiting' }, { decision: 'viewed', decidedAt: viewedAt });
  }
}

function wasFinal(before: Review, { id }: Consent): boolean {
  return before.consents.some((consent) => consent.id === id && consent.final);
}

function changedSeats(before: Review, after: Review): ReviewerSeat[] {
  return after.reviewers.filter((seat) => before.reviewers.some(({ id, decision }) => id === seat.id && decision !== seat.decision));
}
