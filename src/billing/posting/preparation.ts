import { Inject, Injectable } from '@nestjs/common';
import { LedgerSetup } from '../../connections/ledger-setup.js';
import { recordMarker } from '../../domain/posting-policy.js';
import { bookedDocument } from '../../domain/ledger-document.js';
import { Clock } from '../../platform/clock/clock.js';
import type { AccountingLedger, LedgerDocument, PreparedDocument, ReferenceIntent } from '../../ports/accounting-ledger.js';
import { isConnectorError } from '../../ports/connector-error.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { ExternalRefRepository } from '../outbox/external-ref.repository.js';
import type { DueDocument } from '../outbox/due-posting.repository.js';
import type { ReadyDocument } from '../outbox/posting-batch.repository.js';
import { PostingRepository } from '../outbox/posting.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { Outcomes } from './outcomes.js';
import { PUBLIC_ADDRESS } from './public-address.js';
import { References, type EnsuredReferences } from './references.js';
import { PostingTimings } from './timings.js';

interface Prepared {
  document: DueDocument;
  prepared: PreparedDocument;
}

type Prepare = (document: DueDocument, contactExternalId: string, itemIds: Readonly<Record<string, string>>) => PreparedDocument;

/**
 * Makes due documents ready for the wire: customers and items exist, amounts are as the ledger will compute them. One that
 * cannot be booked is refused with its reason, one whose customer is in doubt waits, and its neighbours go on.
 */
@Injectable()
export class Preparation {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly postings: PostingRepository,
    private readonly setup: LedgerSetup,
    private readonly references: References,
    private readonly refs: ExternalRefRepository,
    private readonly outcomes: Outcomes,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    private readonly timings: PostingTimings,
    @Inject(PUBLIC_ADDRESS) private readonly publicAddress: string,
  ) {}

  /** Those that may go, by posting; the others are no longer due. */
  async prepare(
    tenantId: string,
    connectionId: string,
    ledger: AccountingLedger,
    documents: readonly DueDocument[],
  ): Promise<Map<string, ReadyDocument>> {
    const codes = await this.setup.codes(tenantId, connectionId, ledger);
    const mapping = await this.setup.mapping(tenantId, connectionId, ledger, codes);
    const prepare: Prepare = (document, contact, itemIds) =>
      ledger.prepare(this.ledgerDocument(document, contact), mapping, codes, itemIds);
    const contacts = await this.references.ensure(tenantId, connectionId, ledger, contactIntents(documents));
    const withContact: DueDocument[] = [];
    for (const document of documents)
      if (await this.hasAll(tenantId, connectionId, document, [document.customerId], contacts, 'customer')) withContact.push(document);
    const known = await this.tx.run(tenantId, () => this.refs.all(connectionId, 'item'));
    const first = await this.prepareEach(tenantId, withContact, contacts, known, prepare);
    const missing = first.flatMap(({ prepared }) => prepared.items).filter((item) => !known[item.key]);
    if (missing.length === 0) return ready(first);
    const items = await this.references.ensure(tenantId, connectionId, ledger, distinct(missing));
    const all = { ...known, ...Object.fromEntries(items.ids) };
    const withItems: DueDocument[] = [];
    for (const { document, prepared } of first) {
      const keys = prepared.items.map((item) => item.key).filter((key) => !known[key]);
      if (await this.hasAll(tenantId, connectionId, document, keys, items, 'product')) withItems.push(document);
    }
    return ready(await this.prepareEach(tenantId, withItems, contacts, all, prepare));
  }

  /** Refuses or postpones a document that names something the ledger does not have. */
  private async hasAll(
    tenantId: string,
    connectionId: string,
    document: DueDocument,
    keys: readonly string[],
    ensured: EnsuredReferences,
    what: 'customer' | 'product',
  ): Promise<boolean> {
    const lacking = keys.find((key) => !ensured.ids.has(key));
    if (lacking === undefined) return true;
    const why = ensured.refused.get(lacking);
    await this.tx.run(tenantId, async () => {
      if (why !== undefined) return await this.outcomes.refusePlanned(document, `The ${what} could not be created in the ledger. ${why}`);
      const later = this.clock.later(this.timings.retryMs);
      await this.postings.postpone(document.id, later, `Nobody can say yet whether the ledger has this ${what}; it is looked up first.`);
      await this.jobs.enqueue('posting.send', connectionId, { startAfter: later });
    });
    return false;
  }

  private async prepareEach(
    tenantId: string,
    documents: readonly DueDocument[],
    contacts: EnsuredReferences,
    itemIds: Readonly<Record<string, string>>,
    prepare: Prepare,
  ): Promise<Prepared[]> {
    const done: Prepared[] = [];
    for (const document of documents) {
      try {
        done.push({ document, prepared: prepare(document, contacts.ids.get(document.customerId) ?? '', itemIds) });
      } catch (error) {
        if (!isConnectorError(error)) throw error;
        await this.tx.run(tenantId, () => this.outcomes.refusePlanned(document, error.message, error.details.vendorWords));
      }
    }
    return done;
  }

  private ledgerDocument(document: DueDocument, contactExternalId: string): LedgerDocument {
    return {
      ...bookedDocument(document.content, document.timesVoided),
      contactExternalId,
      marker: recordMarker(document.invoiceId),
      link: `${this.publicAddress}/invoices/${document.invoiceId}`,
    };
  }
}

function contactIntents(documents: readonly DueDocument[]): ReferenceIntent[] {
  const customers = new Map(documents.map((document) => [document.customerId, document.customer]));
  return [...customers].map(([key, customer]) => ({ kind: 'contact', key, customer, marker: recordMarker(key) }));
}

function distinct(intents: readonly ReferenceIntent[]): ReferenceIntent[] {
  return [...new Map(intents.map((intent) => [intent.key, intent])).values()];
}

function ready(all: readonly Prepared[]): Map<string, ReadyDocument> {
  return new Map(
    all.map(({ document, prepared }) => [
      document.id,
      { id: document.id, invoiceId: document.invoiceId, number: prepared.number, body: prepared.body },
    ]),
  );
}
