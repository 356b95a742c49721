import { Injectable } from '@nestjs/common';
import type { Actor } from '../../database/audit/actor.js';
import { JobQueue } from '../../jobs/job-queue.js';
import type { InvoiceEntity } from '../invoices/invoice.entity.js';
import { InvoiceRepository } from '../invoices/invoice.repository.js';
import { ConnectionRepository } from '../../connections/connection.repository.js';
import { VendorReferenceRepository } from '../../connections/vendor-reference.repository.js';
import { PostingRepository, type NewPosting } from './posting.repository.js';

/** Plans what is to be written at a vendor. Every stage comes here; the sender takes it from there. */
@Injectable()
export class PostingPlanner {
  constructor(
    private readonly postings: PostingRepository,
    private readonly invoices: InvoiceRepository,
    private readonly connections: ConnectionRepository,
    private readonly reference: VendorReferenceRepository,
    private readonly jobs: JobQueue,
  ) {}

  /** False when the same intent already lives; the database refuses a second one even from another process. */
  async plan(posting: NewPosting): Promise<boolean> {
    const planned = await this.postings.insert(posting);
    // Customers and items go with the documents that need them.
    if (planned && posting.operation !== 'contact' && posting.operation !== 'item')
      await this.jobs.enqueue('posting.send', posting.connectionId, { startAfter: posting.notBefore });
    return planned;
  }

  /**
   * The document posting of an approved invoice, at the ledger its location is mapped to. Answers 'no-ledger' when the
   * location has none yet: the invoice stays approved and is planned when a person maps the location.
   */
  async planDocument(
    invoiceId: string,
    approvalId: string,
    actor: Actor,
    notBefore: Date,
  ): Promise<'planned' | 'already' | 'no-ledger' | 'before-go-live'> {
    const invoice = await this.invoices.get(invoiceId);
    const location = await this.reference.location(invoice.connectionId, invoice.locationExternalId);
    if (!location?.ledgerConnectionId) return 'no-ledger';
    const ledger = await this.connections.get(location.ledgerConnectionId);
    const posting: NewPosting = {
      connectionId: ledger.id,
      operation: 'document',
      intentKey: invoiceId,
      intent: { number: invoice.number, total: invoice.total, currency: invoice.currency },
      invoiceId,
      approvalId,
      notBefore,
      createdBy: actor.label,
    };
    if (ledger.postingMode === 'live' && ledger.goLiveDate && invoice.date < ledger.goLiveDate) {
      await this.postings.insert(posting, beforeGoLive(ledger.goLiveDate));
      return 'before-go-live';
    }
    const planned = await this.plan(posting);
    if (planned) await this.invoices.fixLedger(invoiceId, ledger.id);
    return planned ? 'planned' : 'already';
  }

  /** What is planned for a ledger and dated before the day on which posting begins there is not sent. */
  async leaveOutBefore(connectionId: string, day: string): Promise<void> {
    await this.postings.skipDatedBefore(connectionId, day, beforeGoLive(day));
  }

  /** Tells the PSA what was decided, where the tenant mapped a billing status to it. `decisionId` makes the intent one. */
  async planStatus(
    invoice: InvoiceEntity,
    event: 'approved' | 'rejected' | 'reopened',
    decisionId: string,
    actor: Actor,
    notBefore: Date,
  ): Promise<void> {
    const status = (await this.reference.mappings(invoice.connectionId)).find(({ kind, key }) => kind === 'status' && key === event);
    if (!status) return;
    await this.plan({
      connectionId: invoice.connectionId,
      operation: 'status',
      intentKey: `${decisionId}:${event}`,
      intent: { invoiceExternalId: invoice.externalId, statusExternalId: status.code, event },
      invoiceId: invoice.id,
      notBefore,
      createdBy: actor.label,
    });
  }
}

/** Why a document of an earlier day is left out. */
function beforeGoLive(day: string): string {
  return `Dated before ${day}, the day on which posting began.`;
}
