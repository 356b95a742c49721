import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Vendors } from '../../connections/vendors.js';
import { Clock } from '../../platform/clock/clock.js';
import { ConnectorError, isConnectorError } from '../../ports/connector-error.js';
import { DOCUMENT_STORE, type DocumentStore } from '../../ports/document-store.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import { SYSTEM } from '../../storage/actor.js';
import { AuditLog } from '../../storage/audit-log.js';
import { JobQueue } from '../../storage/jobs/job-queue.js';
import { PostingWork } from '../../storage/repositories/posting-work.js';
import { Settlements } from '../../storage/repositories/settlements.js';
import { ApprovalRow } from '../../storage/rows/invoice-rows.js';
import { PostingRow } from '../../storage/rows/posting-rows.js';
import { TenantTransaction } from '../../storage/tenant-transaction.js';
import { PostingTimings } from './timings.js';

const statusIntent = z.object({ invoiceExternalId: z.string(), statusExternalId: z.string() });
const attachmentIntent = z.object({
  documentExternalId: z.string(),
  number: z.string(),
  kind: z.enum(['invoice', 'credit_note']).default('invoice'),
});
const paymentIntent = z.object({
  direction: z.enum(['record', 'remove']),
  invoiceExternalId: z.string(),
  kind: z.enum(['payment', 'credit']),
  amount: z.string(),
  date: z.string(),
  marker: z.string(),
  /** Of a removal: the intent key of the posting that recorded the payment. */
  recordedBy: z.string().optional(),
});

/** The writes that are one request each: a billing status, a payment, the PDF beside its document. */
@Injectable()
export class SingleWrites {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly work: PostingWork,
    private readonly vendors: Vendors,
    private readonly settlements: Settlements,
    private readonly audit: AuditLog,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    private readonly timings: PostingTimings,
    @Inject(DOCUMENT_STORE) private readonly store: DocumentStore,
  ) {}

  async sendAll(tenantId: string, connectionId: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const due = await this.tx.run(tenantId, () => this.work.dueSingles(connectionId, 50));
      if (due.length === 0) return;
      for (const posting of due) {
        signal.throwIfAborted();
        if (await this.tx.run(tenantId, () => this.work.beginSingle(posting.id))) await this.send(posting, signal);
      }
    }
  }

  private async send(posting: PostingRow, signal: AbortSignal): Promise<void> {
    const { tenantId } = posting;
    try {
      const outcome = await this.write(posting, signal);
      await this.tx.run(tenantId, () => this.settle(posting, outcome));
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      if (error.kind === 'outcome_unknown')
        return await this.tx.run(tenantId, () => this.settle(posting, { state: 'unknown', why: error.message }));
      if (error.kind === 'invalid' || error.kind === 'not_found' || error.kind === 'forbidden') {
        const words = error.details.vendorWords;
        return await this.tx.run(tenantId, () =>
          this.settle(posting, { state: 'refused', cause: error.message, ...(words && { vendorWords: words }) }),
        );
      }
      const notBefore = this.clock.later(error.details.retryAfterMs ?? this.timings.retryMs);
      await this.tx.run(tenantId, async () => {
        await this.work.returnToPlanned([posting.id], notBefore, error.message);
        await this.jobs.enqueue('posting.send', posting.connectionId, { startAfter: notBefore });
      });
      throw error;
    }
  }

  private async write(posting: PostingRow, signal: AbortSignal): Promise<WriteOutcome> {
    switch (posting.operation) {
      case 'status': {
        const intent = statusIntent.parse(posting.intent);
        const { source } = await this.vendors.source(posting.tenantId, posting.connectionId, signal);
        return await source.writeStatus(intent.invoiceExternalId, intent.statusExternalId);
      }
      case 'payment':
        return await this.tellPayment(posting, signal);
      case 'attachment':
        return await this.attach(posting, signal);
      default:
        throw new Error(`A ${posting.operation} is not written alone`);
    }
  }

  private async tellPayment(posting: PostingRow, signal: AbortSignal): Promise<WriteOutcome> {
    const intent = paymentIntent.parse(posting.intent);
    const { payments } = await this.vendors.payments(posting.tenantId, posting.connectionId, signal);
    if (intent.direction === 'record') return await payments.record(intent);
    const recorded = await this.tx.run(posting.tenantId, () =>
      this.tx.rows(PostingRow).findOne({
        where: { tenantId: posting.tenantId, connectionId: posting.connectionId, operation: 'payment', intentKey: intent.recordedBy ?? '' },
        order: { createdAt: 'DESC' },
      }),
    );
    if (!recorded || recorded.state === 'skipped' || recorded.state === 'refused') return { state: 'posted', externalId: 'never-recorded' };
    if (!recorded.externalId)
      throw new ConnectorError('unavailable', 'The payment to be removed is still being recorded; this waits for it.');
    return await payments.remove(intent.invoiceExternalId, recorded.externalId);
  }

  private async attach(posting: PostingRow, signal: AbortSignal): Promise<WriteOutcome> {
    const intent = attachmentIntent.parse(posting.intent);
    const bytes = await this.tx.run(posting.tenantId, async () => {
      const approval = await this.tx
        .rows(ApprovalRow)
        .findOneBy({ tenantId: posting.tenantId, invoiceId: posting.invoiceId ?? '', state: 'standing', final: true });
      return approval ? await this.store.get(approval.documentSha256) : undefined;
    });
    if (!bytes) return { state: 'refused', cause: 'The approved document is no longer stored, so it was not attached in the ledger.' };
    const { ledger } = await this.vendors.ledger(posting.tenantId, posting.connectionId, signal);
    const name = `${intent.number.replace(/[^A-Za-z0-9._-]/g, '-')}.pdf`;
    return await ledger.attach(
      { externalId: intent.documentExternalId, kind: intent.kind },
      { name, contentType: 'application/pdf', bytes },
    );
  }

  private async settle(posting: PostingRow, outcome: WriteOutcome): Promise<void> {
    if (!(await this.work.apply(posting.id, outcome))) return;
    if (posting.operation === 'payment' && posting.invoiceId) await this.settlements.follow([posting.invoiceId]);
    if (outcome.state === 'unknown')
      await this.jobs.enqueue('posting.reconcile', posting.connectionId, { startAfter: this.clock.later(this.timings.quarantineMs) });
    const subject = posting.invoiceId ? { kind: 'invoice', id: posting.invoiceId } : { kind: 'connection', id: posting.connectionId };
    const after =
      outcome.state === 'posted'
        ? { externalId: outcome.externalId }
        : { cause: outcome.state === 'refused' ? outcome.cause : outcome.why };
    await this.audit.record(SYSTEM, { action: `posting.${posting.operation}_${outcome.state}`, subject, after });
  }
}
