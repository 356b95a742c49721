import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import type { AccountingLedger, BatchAnswer, LedgerDocument, OutgoingBatch } from '../../ports/accounting-ledger.js';
import { ConnectorError, isConnectorError } from '../../ports/connector-error.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { DuePostingRepository, type DueDocument } from '../outbox/due-posting.repository.js';
import { PostingBatchRepository, type BatchMember, type ReadyDocument } from '../outbox/posting-batch.repository.js';
import { PostingRepository } from '../outbox/posting.repository.js';
import type { PostingBatchEntity } from '../outbox/posting.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { Outcomes } from './outcomes.js';
import { Preparation } from './preparation.js';
import { SourceCheck } from './source-check.js';
import { PostingTimings } from './timings.js';

/** So many batches are prepared together, so that customers and items are looked up and made once for all of them. */
const BATCHES_AHEAD = 4;

/** Sends the due documents of one ledger, a batch at a time: prepared, checked at the PSA, committed, and only then sent. */
@Injectable()
export class BatchSender {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly postings: PostingRepository,
    private readonly requests: PostingBatchRepository,
    private readonly due: DuePostingRepository,
    private readonly preparation: Preparation,
    private readonly sourceCheck: SourceCheck,
    private readonly outcomes: Outcomes,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    private readonly timings: PostingTimings,
  ) {}

  /**
   * Until nothing of this kind is due, or something says stop.
   * @throws ConnectorError when the ledger cannot be talked to; what was not sent stays planned.
   */
  async sendAll(
    tenantId: string,
    connectionId: string,
    ledger: AccountingLedger,
    kind: LedgerDocument['kind'],
    signal: AbortSignal,
  ): Promise<void> {
    const { size } = ledger.batch;
    for (;;) {
      signal.throwIfAborted();
      const due = await this.tx.run(tenantId, () => this.due.documents(connectionId, kind === 'credit_note', size * BATCHES_AHEAD));
      if (due.length === 0) return;
      const ready = await this.preparation.prepare(tenantId, connectionId, ledger, due);
      const going = due.filter((document) => ready.has(document.id));
      const send = (documents: readonly DueDocument[]) => this.sendBatch(tenantId, connectionId, ledger, kind, documents, ready, signal);
      let sent = 0;
      for (let start = 0; start < going.length; start += size) {
        const documents = going.slice(start, start + size);
        const end = await send(documents);
        // One of them made the vendor refuse the request as a whole. Alone, each gets its own answer.
        if (end === 'turned down') for (const document of documents) await send([document]);
        if (end !== 'not sent') sent += 1;
      }
      // Something says stop, or they are no longer due; what is left is looked at next time.
      if (sent === 0 && going.length === due.length) return;
    }
  }

  /** Checked at the PSA last of all, since creating customers may have taken its time. */
  private async sendBatch(
    tenantId: string,
    connectionId: string,
    ledger: AccountingLedger,
    kind: LedgerDocument['kind'],
    documents: readonly DueDocument[],
    ready: ReadonlyMap<string, ReadyDocument>,
    signal: AbortSignal,
  ): Promise<'sent' | 'turned down' | 'not sent'> {
    const unchanged = await this.sourceCheck.unchanged(tenantId, documents, signal);
    // Nobody else may be sending for this ledger: the lease has to be held up to the commit that starts the batch.
    signal.throwIfAborted();
    const members = unchanged.flatMap((document) => ready.get(document.id) ?? []);
    const begun =
      members.length > 0
        ? await this.tx.run(tenantId, () => this.requests.begin(connectionId, kind, members, this.timings.leaseMs))
        : undefined;
    return begun ? await this.transmit(tenantId, ledger, begun.batch, begun.members) : 'not sent';
  }

  /** Sends a committed batch for the first time and commits what came of it. */
  private async transmit(
    tenantId: string,
    ledger: AccountingLedger,
    batch: PostingBatchEntity,
    members: readonly BatchMember[],
  ): Promise<'sent' | 'turned down'> {
    try {
      const answer = await ledger.send(outgoing(batch, members));
      // A member that was alone has nobody to be sent without: the refusal is its own.
      if (answer.state === 'turned_down' && members.length > 1) {
        await this.tx.run(tenantId, () => this.takeBack(batch, members, null, 'Sent again alone.'));
        return 'turned down';
      }
      const outcomes = outcomesFor(members, answer);
      const silent = outcomes.every((outcome) => outcome.state === 'unknown');
      await this.tx.run(tenantId, () => this.outcomes.ofBatch(batch, members, outcomes, silent));
      return 'sent';
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      if (error.kind === 'outcome_unknown') {
        await this.tx.run(tenantId, () => this.outcomes.ofBatch(batch, members, allUnknown(members, error), true));
        return 'sent';
      }
      const notBefore = this.clock.later(error.details.retryAfterMs ?? this.timings.retryMs);
      await this.tx.run(tenantId, async () => {
        await this.takeBack(batch, members, notBefore, error.message);
        await this.jobs.enqueue('posting.send', batch.connectionId, { startAfter: notBefore });
      });
      throw error;
    }
  }

  /**
   * Sends the same bytes under the same key once more. A success is final. Any other answer is about this try
   * and says nothing about the first one, which may have been booked: those members stay unknown and are looked up.
   */
  async replay(tenantId: string, ledger: AccountingLedger, batch: PostingBatchEntity, members: readonly BatchMember[]): Promise<void> {
    let outcomes: WriteOutcome[];
    try {
      outcomes = outcomesFor(members, await ledger.send(outgoing(batch, members)));
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      outcomes = allUnknown(members, error);
    }
    const certain = outcomes.map((outcome) =>
      outcome.state === 'refused'
        ? { state: 'unknown' as const, why: `Asked once more, the ledger refused it: ${outcome.cause}` }
        : outcome,
    );
    await this.tx.run(tenantId, () => this.outcomes.ofBatch(batch, members, certain, true));
  }

  private async takeBack(batch: PostingBatchEntity, members: readonly BatchMember[], notBefore: Date | null, cause: string): Promise<void> {
    await this.postings.sendAnew(
      members.map((member) => member.id),
      notBefore,
      cause,
    );
    await this.requests.close(batch.id, 'dissolved');
  }
}

function outgoing(batch: PostingBatchEntity, members: readonly BatchMember[]): OutgoingBatch {
  return {
    requestKey: batch.requestKey,
    kind: batch.kind,
    members: members.map(({ memberKey, number, body }) => ({ memberKey, number, body })),
  };
}

/** What the answer means for each member. */
function outcomesFor(members: readonly BatchMember[], answer: BatchAnswer): WriteOutcome[] {
  return answer.state === 'answered' ? answer.outcomes : members.map(() => answer.refusal);
}

function allUnknown(members: readonly BatchMember[], error: ConnectorError): WriteOutcome[] {
  return members.map(() => ({ state: 'unknown', why: error.message }));
}
