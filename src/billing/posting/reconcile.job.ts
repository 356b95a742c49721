import { Injectable } from '@nestjs/common';
import { Vendors } from '../../connections/vendors.js';
import { Clock } from '../../platform/clock/clock.js';
import type { AccountingLedger } from '../../ports/accounting-ledger.js';
import { JobHandler } from '../../jobs/job-handler.js';
import { JobQueue } from '../../jobs/job-queue.js';
import type { JobPayload } from '../../database/queues.js';
import { Leases } from '../../database/leases.js';
import { ExternalRefRepository } from '../outbox/external-ref.repository.js';
import { lockInvoices } from '../invoices/invoice-lock.repository.js';
import { DuePostingRepository } from '../outbox/due-posting.repository.js';
import { membersHash, PostingBatchRepository, type BatchMember } from '../outbox/posting-batch.repository.js';
import { PostingRepository } from '../outbox/posting.repository.js';
import { ConnectionRepository } from '../../connections/connection.repository.js';
import type { PostingBatchEntity } from '../outbox/posting.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { BatchSender } from './batch-sender.js';
import { matchByNumber, type ExpectedDocument } from './matching.js';
import { Outcomes } from './outcomes.js';
import { LOOK_AGAIN_SECONDS, PostingTimings } from './timings.js';

/** The only way out of `unknown`: the same bytes once more where the vendor guarantees a replay, else looking the number up. */
@Injectable()
export class ReconcileJob {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly leases: Leases,
    private readonly connections: ConnectionRepository,
    private readonly vendors: Vendors,
    private readonly postings: PostingRepository,
    private readonly requests: PostingBatchRepository,
    private readonly due: DuePostingRepository,
    private readonly refs: ExternalRefRepository,
    private readonly jobs: JobQueue,
    private readonly batches: BatchSender,
    private readonly outcomes: Outcomes,
    private readonly clock: Clock,
    private readonly timings: PostingTimings,
  ) {}

  @JobHandler('posting.reconcile')
  async reconcile({ tenantId, id: connectionId }: JobPayload, signal: AbortSignal): Promise<void> {
    const held = await this.leases.hold(tenantId, `send:${connectionId}`, this.timings.senderMs, (lease) =>
      this.workOn(tenantId, connectionId, AbortSignal.any([signal, lease.signal])),
    );
    if (!held) await this.tx.run(tenantId, () => this.jobs.remind('posting.reconcile', connectionId, LOOK_AGAIN_SECONDS));
  }

  private async workOn(tenantId: string, connectionId: string, signal: AbortSignal): Promise<void> {
    const connection = await this.tx.run(tenantId, () => this.connections.get(connectionId));
    if (connection.state !== 'connected') return;
    const batches = await this.tx.run(tenantId, async () => {
      await this.requests.admitUnknown(connectionId, this.timings.leaseMs);
      const retried = await this.postings.sendUnknownSinglesAnew(connectionId, this.clock.later(-this.timings.quarantineMs));
      if (retried > 0) await this.jobs.enqueue('posting.send', connectionId);
      return await this.requests.frozen(connectionId);
    });
    if (batches.length > 0) {
      const { ledger } = await this.vendors.ledger(tenantId, connectionId, signal);
      for (const batch of batches) {
        signal.throwIfAborted();
        await this.batch(tenantId, batch, ledger);
      }
    }
    await this.tx.run(tenantId, () => this.lookAgain(connectionId));
  }

  private async batch(tenantId: string, batch: PostingBatchEntity, ledger: AccountingLedger): Promise<void> {
    const { all, unknown } = await this.tx.run(tenantId, () => this.requests.members(batch.id));
    const replays =
      this.mayReplay(batch, ledger, all) && (await this.tx.run(tenantId, () => this.requests.beginReplay(batch.id, this.timings.leaseMs)));
    if (replays) return await this.batches.replay(tenantId, ledger, batch, all);
    const members = all.filter((member) => unknown.has(member.id));
    await this.lookUp(tenantId, batch, ledger, members);
  }

  /** The vendor answers the same request with the same answer, and it is really the same request. Once; after that only looking helps. */
  private mayReplay(batch: PostingBatchEntity, ledger: AccountingLedger, members: readonly BatchMember[]): boolean {
    const { replayMs, replayOnlyAfterTransportFailure } = ledger.batch;
    const young = this.clock.now().getTime() - batch.firstSentAt.getTime() < replayMs;
    return (
      young && batch.sends < 2 && (batch.transportFailure || !replayOnlyAfterTransportFailure) && membersHash(members) === batch.bodyHash
    );
  }

  private async lookUp(
    tenantId: string,
    batch: PostingBatchEntity,
    ledger: AccountingLedger,
    members: readonly BatchMember[],
  ): Promise<void> {
    // By the moment before the question: what commits while it is being answered is not yet missing.
    const inDoubtSince = batch.leaseUntil.getTime() - this.timings.leaseMs;
    const quarantined = this.clock.now().getTime() - inDoubtSince < this.timings.quarantineMs;
    const numbers = members.map((member) => member.number);
    const found = numbers.length > 0 ? await ledger.find(batch.kind, numbers) : [];
    await this.tx.run(tenantId, async () => {
      await lockInvoices(
        this.tx,
        members.map((member) => member.invoiceId),
      );
      const facts = await this.factsOf(batch.connectionId, members);
      const missing: string[] = [];
      for (const member of members) {
        const outcome = matchByNumber(member, found, facts.get(member.invoiceId));
        if (outcome) await this.outcomes.ofDocument(batch.connectionId, batch.kind, member, outcome);
        else if (!quarantined) missing.push(member.id);
      }
      await this.postings.sendAnew(missing, this.clock.now(), 'The ledger does not have it; it is sent anew.');
      await this.requests.close(batch.id, missing.length > 0 ? 'dissolved' : 'settled');
      await this.jobs.enqueue('posting.send', batch.connectionId);
    });
  }

  /** What the document in the ledger must agree with: as it was approved. */
  private async factsOf(connectionId: string, members: readonly BatchMember[]): Promise<Map<string, ExpectedDocument>> {
    const rows = await this.due.approvedFacts(members.map((member) => member.id));
    const contacts = await this.refs.of(
      connectionId,
      'contact',
      rows.map((row) => row.customerId),
    );
    return new Map(rows.map((row) => [row.invoiceId, { ...row, contactExternalId: contacts.get(row.customerId) }]));
  }

  /** As long as something is unknown, somebody looks again. */
  private async lookAgain(connectionId: string): Promise<void> {
    if (await this.due.isOpen(connectionId, ['unknown']))
      await this.jobs.remind('posting.reconcile', connectionId, Math.ceil(Math.min(30_000, this.timings.quarantineMs) / 1_000));
  }
}
