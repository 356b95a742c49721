import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { isConnectorError, type ConnectorError } from '../../ports/connector-error.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import { SYSTEM } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { DuePostingRepository } from '../outbox/due-posting.repository.js';
import { PostingRepository } from '../outbox/posting.repository.js';
import type { PostingEntity } from '../outbox/posting.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { InvoiceRepository } from '../invoices/invoice.repository.js';
import { SingleRequests } from './single-requests.js';
import { PostingTimings } from './timings.js';

/** The writes that are one request each: a billing status, a payment, the PDF beside its document. */
@Injectable()
export class SingleWrites {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly postings: PostingRepository,
    private readonly due: DuePostingRepository,
    private readonly requests: SingleRequests,
    private readonly invoices: InvoiceRepository,
    private readonly audit: AuditLog,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    private readonly timings: PostingTimings,
  ) {}

  /**
   * Until nothing is due, or something says stop.
   * @throws ConnectorError when the vendor cannot be talked to; what was not sent stays planned.
   */
  async sendAll(tenantId: string, connectionId: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const due = await this.tx.run(tenantId, () => this.due.singles(connectionId, 50));
      let begun = 0;
      for (const posting of due) {
        signal.throwIfAborted();
        if (!(await this.tx.run(tenantId, () => this.postings.begin(posting.id)))) continue;
        begun += 1;
        await this.send(posting, signal);
      }
      if (begun === 0) return;
    }
  }

  private async send(posting: PostingEntity, signal: AbortSignal): Promise<void> {
    const { tenantId } = posting;
    try {
      const outcome = await this.requests.write(posting, signal);
      if (outcome === 'too-early') await this.later(posting, this.timings.retryMs, 'Waits for the payment that it takes back.');
      else await this.tx.run(tenantId, () => this.settle(posting, outcome));
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      const outcome = outcomeOf(error);
      if (outcome) return await this.tx.run(tenantId, () => this.settle(posting, outcome));
      await this.later(posting, error.details.retryAfterMs ?? this.timings.retryMs, error.message);
      throw error;
    }
  }

  /** Nothing was written. */
  private async later(posting: PostingEntity, milliseconds: number, cause: string): Promise<void> {
    const notBefore = this.clock.later(milliseconds);
    await this.tx.run(posting.tenantId, async () => {
      await this.postings.sendAnew([posting.id], notBefore, cause);
      await this.jobs.enqueue('posting.send', posting.connectionId, { startAfter: notBefore });
    });
  }

  private async settle(posting: PostingEntity, outcome: WriteOutcome): Promise<void> {
    if (!(await this.postings.apply(posting.id, outcome))) return;
    if (posting.operation === 'payment') await this.requests.afterPayment(posting, outcome);
    if (posting.operation === 'payment' && posting.invoiceId) await this.invoices.followMoney([posting.invoiceId]);
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

/** Undefined: this says something about the vendor and nothing about this one write. */
function outcomeOf(error: ConnectorError): WriteOutcome | undefined {
  if (error.kind === 'outcome_unknown') return { state: 'unknown', why: error.message };
  if (error.kind !== 'invalid' && error.kind !== 'not_found' && error.kind !== 'forbidden') return undefined;
  const words = error.details.vendorWords;
  return { state: 'refused', cause: error.message, ...(words && { vendorWords: words }) };
}
