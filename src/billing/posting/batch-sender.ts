import { Inject, Injectable } from '@nestjs/common';
import { bookedDocument } from '../../domain/ledger-document.js';
import { LedgerSetup } from '../../connections/ledger-setup.js';
import { Clock } from '../../platform/clock/clock.js';
import type {
  AccountingLedger,
  CodeMapping,
  LedgerCodes,
  LedgerDocument,
  OutgoingBatch,
  PreparedDocument,
} from '../../ports/accounting-ledger.js';
import { isConnectorError } from '../../ports/connector-error.js';
import { ExternalRefs } from '../../storage/repositories/external-refs.js';
import { PostingWork, type DueDocument, type ReadyDocument, type UnknownMember } from '../../storage/repositories/posting-work.js';
import type { PostingBatchRow } from '../../storage/rows/posting-rows.js';
import { TenantTransaction } from '../../storage/tenant-transaction.js';
import { Outcomes } from './outcomes.js';
import { PUBLIC_ADDRESS } from './public-address.js';
import { References } from './references.js';
import { SourceCheck } from './source-check.js';
import { PostingTimings } from './timings.js';

interface Prepared {
  document: DueDocument;
  prepared: PreparedDocument;
}

/** Sends the due documents of one ledger, a batch at a time: checked at the PSA, prepared, committed, and only then sent. */
@Injectable()
export class BatchSender {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly work: PostingWork,
    private readonly setup: LedgerSetup,
    private readonly references: References,
    private readonly refs: ExternalRefs,
    private readonly sourceCheck: SourceCheck,
    private readonly outcomes: Outcomes,
    private readonly clock: Clock,
    private readonly timings: PostingTimings,
    @Inject(PUBLIC_ADDRESS) private readonly publicAddress: string,
  ) {}

  /** Until nothing of this kind is due. @throws ConnectorError when the ledger cannot be talked to; what was not sent stays planned. */
  async sendAll(
    tenantId: string,
    connectionId: string,
    ledger: AccountingLedger,
    kind: LedgerDocument['kind'],
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const due = await this.tx.run(tenantId, () => this.work.dueDocuments(connectionId, kind === 'credit_note', ledger.batch.size));
      if (due.length === 0) return;
      const unchanged = await this.sourceCheck.unchanged(tenantId, due, signal);
      const ready = await this.prepareAll(tenantId, connectionId, ledger, unchanged);
      const begun =
        ready.length > 0
          ? await this.tx.run(tenantId, () => this.work.beginBatch(connectionId, kind, ready, this.timings.batchLeaseMs))
          : undefined;
      if (begun) await this.transmit(tenantId, connectionId, ledger, begun.batch, begun.members);
    }
  }

  /** Sends a committed batch and commits what came of it. Also used to send the same bytes once more. */
  async transmit(
    tenantId: string,
    connectionId: string,
    ledger: AccountingLedger,
    batch: PostingBatchRow,
    members: readonly UnknownMember[],
  ): Promise<void> {
    const outgoing: OutgoingBatch = {
      requestKey: batch.requestKey,
      kind: batch.kind,
      members: members.map(({ memberKey, number, body }) => ({ memberKey, number, body })),
    };
    try {
      const outcomes = await ledger.send(outgoing);
      const silent = outcomes.every((outcome) => outcome.state === 'unknown');
      await this.tx.run(tenantId, () => this.outcomes.ofBatch(connectionId, batch.id, batch.kind, members, outcomes, silent));
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      if (error.kind === 'outcome_unknown') {
        const outcomes = members.map(() => ({ state: 'unknown' as const, why: error.message }));
        await this.tx.run(tenantId, () => this.outcomes.ofBatch(connectionId, batch.id, batch.kind, members, outcomes, true));
        return;
      }
      const notBefore = this.clock.later(error.details.retryAfterMs ?? this.timings.retryMs);
      await this.tx.run(tenantId, async () => {
        await this.work.returnToPlanned(
          members.map((member) => member.id),
          notBefore,
          error.message,
        );
        await this.work.dissolveBatch(batch.id);
      });
      throw error;
    }
  }

  private async prepareAll(
    tenantId: string,
    connectionId: string,
    ledger: AccountingLedger,
    documents: readonly DueDocument[],
  ): Promise<ReadyDocument[]> {
    if (documents.length === 0) return [];
    const codes = await this.setup.codes(tenantId, connectionId, ledger);
    const mapping = await this.setup.mapping(tenantId, connectionId, ledger, codes);
    const contacts = await this.references.ensure(tenantId, connectionId, ledger, contactIntents(documents));
    const known = await this.tx.run(tenantId, () => this.refs.all(connectionId, 'item'));
    const first = await this.prepareEach(tenantId, ledger, documents, contacts, mapping, codes, known);
    const items = [...new Map(first.flatMap(({ prepared }) => prepared.items).map((intent) => [intent.key, intent])).values()].filter(
      (intent) => !known[intent.key],
    );
    if (items.length === 0) return first.map(toReady);
    const ensured = await this.references.ensure(tenantId, connectionId, ledger, items);
    const all = { ...known, ...Object.fromEntries(ensured.ids) };
    const second = await this.prepareEach(
      tenantId,
      ledger,
      first.map(({ document }) => document),
      contacts,
      mapping,
      codes,
      all,
    );
    return second.filter(({ prepared }) => prepared.items.every((item) => all[item.key])).map(toReady);
  }

  /** A document that cannot be booked is refused with its reason; its neighbours go on. */
  private async prepareEach(
    tenantId: string,
    ledger: AccountingLedger,
    documents: readonly DueDocument[],
    contacts: { ids: ReadonlyMap<string, string>; refused: ReadonlyMap<string, string> },
    mapping: CodeMapping,
    codes: LedgerCodes,
    itemIds: Readonly<Record<string, string>>,
  ): Promise<Prepared[]> {
    const ready: Prepared[] = [];
    for (const document of documents) {
      const contactExternalId = contacts.ids.get(document.customerId);
      const why = contacts.refused.get(document.customerId);
      if (!contactExternalId) {
        await this.tx.run(tenantId, () =>
          this.work.refusePlanned(document.id, `The customer could not be created in the ledger. ${why ?? ''}`.trim()),
        );
        continue;
      }
      try {
        ready.push({ document, prepared: ledger.prepare(this.ledgerDocument(document, contactExternalId), mapping, codes, itemIds) });
      } catch (error) {
        if (!isConnectorError(error)) throw error;
        await this.tx.run(tenantId, () => this.work.refusePlanned(document.id, error.message, error.details.vendorWords));
      }
    }
    return ready;
  }

  private ledgerDocument(document: DueDocument, contactExternalId: string): LedgerDocument {
    return {
      ...bookedDocument(document.content),
      contactExternalId,
      marker: `CS-${document.invoiceId}`,
      link: `${this.publicAddress}/invoices/${document.invoiceId}`,
    };
  }
}

function contactIntents(documents: readonly DueDocument[]) {
  const customers = new Map(documents.map((document) => [document.customerId, document.customer]));
  return [...customers].map(([key, customer]) => ({ kind: 'contact' as const, key, customer, marker: `CS-${key}` }));
}

function toReady({ document, prepared }: Prepared): ReadyDocument {
  return { id: document.id, number: prepared.number, body: prepared.body };
}
