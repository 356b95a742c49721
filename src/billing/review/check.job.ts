import { Injectable } from '@nestjs/common';
import { review } from '../../domain/review/review.js';
import { JobHandler } from '../../jobs/job-handler.js';
import type { JobPayload } from '../../database/queues.js';
import { ContentPolicy } from '../invoices/content-policy.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { InvoiceRepository } from '../invoices/invoice.repository.js';
import { FlagRepository, type UncheckedInvoice } from './flag.repository.js';
import { ReviewRepository } from './review.repository.js';

const CHUNK = 100;

/** Runs the review rules over what intake brought, keeps dismissals, seeds the reviewers once, and opens the review. */
@Injectable()
export class CheckJob {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly content: ContentPolicy,
    private readonly invoices: InvoiceRepository,
    private readonly flags: FlagRepository,
    private readonly reviews: ReviewRepository,
  ) {}

  @JobHandler('review.check')
  async check({ tenantId, id: connectionId }: JobPayload, signal: AbortSignal): Promise<void> {
    if (!(await this.tx.run(tenantId, () => this.content.keepsContent()))) return;
    for (;;) {
      signal.throwIfAborted();
      if ((await this.tx.run(tenantId, () => this.chunk(connectionId))) < CHUNK) return;
    }
  }

  private async chunk(connectionId: string): Promise<number> {
    const invoices = await this.flags.unchecked(connectionId, CHUNK);
    if (invoices.length === 0) return 0;
    const ids = invoices.map((invoice) => invoice.id);
    const previous = await this.flags.previousOnAgreement(ids);
    const findings = invoices.flatMap((invoice) => {
      if (invoice.state === 'void' || invoice.state === 'skipped') return [];
      const before = previous.get(invoice.id);
      return review({ content: invoice.content, context: invoice.context, ...(before && { previousOnAgreement: before }) }).map(
        (finding) => ({ invoiceId: invoice.id, finding }),
      );
    });
    await this.flags.saveFindings(ids, findings);
    await this.reviews.seedReviewers(invoices.filter((invoice) => invoice.state === 'draft').flatMap(reviewersInPsa));
    await this.invoices.checked(ids);
    return invoices.length;
  }
}

function reviewersInPsa({ id, context }: UncheckedInvoice): { invoiceId: string; email: string; name: string }[] {
  return context.routing
    .filter((person) => person.email)
    .map((person) => ({ invoiceId: id, email: person.email.toLowerCase(), name: person.name }));
}
