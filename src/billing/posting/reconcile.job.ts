import { Injectable } from '@nestjs/common';
import { Vendors } from '../../connections/vendors.js';
import { Money } from '../../domain/money.js';
import { Clock } from '../../platform/clock/clock.js';
import type { AccountingLedger, FoundDocument } from '../../ports/accounting-ledger.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import { JobHandler } from '../../scheduling/job-handler.js';
import { JobQueue } from '../../storage/jobs/job-queue.js';
import type { JobPayload } from '../../storage/jobs/queues.js';
import { Leases } from '../../storage/leases.js';
import { ExternalRefs } from '../../storage/repositories/external-refs.js';
import { membersHash, PostingWork, type UnknownMember } from '../../storage/repositories/posting-work.js';
import { ConnectionRow } from '../../storage/rows/connection-rows.js';
import type { PostingBatchRow } from '../../storage/rows/posting-rows.js';
import { TenantTransaction } from '../../storage/tenant-transaction.js';
import { BatchSender } from './batch-sender.js';
import { Outcomes } from './outcomes.js';
import { PostingTimings } from './timings.js';

const LEASE_MS = 20_000;

/** The only way out of `unknown`: the same bytes once more where the vendor guarantees a replay, else looking the number up. */
@Injectable()
export class ReconcileJob {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly leases: Leases,
    private readonly vendors: Vendors,
    private readonly work: PostingWork,
    private readonly refs: ExternalRefs,
    private readonly jobs: JobQueue,
    private readonly batches: BatchSender,
    private readonly outcomes: Outcomes,
    private readonly clock: Clock,
    private readonly timings: PostingTimings,
  ) {}

  @JobHandler('posting.reconcile')
  async reconcile({ tenantId, id: connectionId }: JobPayload, signal: AbortSignal): Promise<void> {
    const held = await this.leases.hold(tenantId, `send:${connectionId}`, LEASE_MS, (lease) =>
      this.workOn(tenantId, connectionId, AbortSignal.any([signal, lease.signal])),
    );
    if (!held) throw new Error('Another process is working on this connection; this one looks again in a moment');
  }

  private async workOn(tenantId: string, connectionId: string, signal: AbortSignal): Promise<void> {
    const connection = await this.tx.run(tenantId, () => this.tx.rows(ConnectionRow).findOneByOrFail({ tenantId, id: connectionId }));
    if (connection.state !== 'connected') return;
    const batches = await this.tx.run(tenantId, async () => {
      await this.work.admitUnknown(connectionId, this.timings.singleLeaseMs);
      const retried = await this.work.retryUnknownSingles(connectionId, this.clock.later(-this.timings.quarantineMs));
      if (retried > 0) await this.jobs.enqueue('posting.send', connectionId);
      return await this.work.frozenBatches(connectionId);
    });
    if (batches.length > 0) {
      const { ledger } = await this.vendors.ledger(tenantId, connectionId, signal);
      for (const batch of batches) await this.batch(tenantId, batch, ledger);
    }
    await this.tx.run(tenantId, () => this.lookAgain(connectionId));
  }

  private async batch(tenantId: string, batch: PostingBatchRow, ledger: AccountingLedger): Promise<void> {
    const { all, unknown } = await this.tx.run(tenantId, () => this.work.members(batch.id));
    if (this.mayReplay(batch, ledger, all)) {
      await this.tx.run(tenantId, () => this.work.beginReplay(batch.id, this.timings.batchLeaseMs));
      await this.batches.transmit(tenantId, batch.connectionId, ledger, batch, all);
      return;
    }
    await this.lookUp(
      tenantId,
      batch,
      ledger,
      all.filter((member) => unknown.has(member.id)),
    );
  }

  /** The vendor answers the same request with the same answer, and it is really the same request. Once; after that only looking helps. */
  private mayReplay(batch: PostingBatchRow, ledger: AccountingLedger, members: readonly UnknownMember[]): boolean {
    const { replayMs, replayOnlyAfterTransportFailure } = ledger.batch;
    const young = this.clock.now().getTime() - batch.firstSentAt.getTime() < replayMs;
    return (
      young && batch.sends < 2 && (batch.transportFailure || !replayOnlyAfterTransportFailure) && membersHash(members) === batch.bodyHash
    );
  }

  private async lookUp(
    tenantId: string,
    batch: PostingBatchRow,
    ledger: AccountingLedger,
    members: readonly UnknownMember[],
  ): Promise<void> {
    const found = await ledger.find(
      batch.kind,
      members.map((member) => member.number),
    );
    const quarantined = this.clock.now().getTime() - batch.leaseUntil.getTime() + this.timings.batchLeaseMs < this.timings.quarantineMs;
    const facts = await this.tx.run(tenantId, () => this.factsOf(batch.connectionId, members));
    await this.tx.run(tenantId, async () => {
      for (const member of members) {
        const outcome = judge(member, found, facts.get(member.invoiceId));
        if (outcome) await this.outcomes.ofDocument(batch.connectionId, batch.kind, member, outcome);
        else if (!quarantined)
          await this.work.returnToPlanned([member.id], this.clock.now(), 'The ledger does not have it; it is sent anew.');
      }
      await this.work.closeBatch(batch.id, batch.transportFailure);
      if (!quarantined) await this.jobs.enqueue('posting.send', batch.connectionId);
    });
  }

  /** What the document in the ledger must agree with: as it was approved. */
  private async factsOf(connectionId: string, members: readonly UnknownMember[]): Promise<Map<string, Facts>> {
    const rows = await this.tx.query<{ invoiceId: string; customerId: string; currency: string; date: string; total: string }>(
      `select i.id as "invoiceId", i.customer_id as "customerId", i.currency, r.content ->> 'date' as date, r.content ->> 'total' as total
       from posting p join approval a on a.tenant_id = p.tenant_id and a.id = p.approval_id
       join invoice_revision r on r.tenant_id = a.tenant_id and r.id = a.revision_id join invoice i on i.tenant_id = p.tenant_id and i.id = p.invoice_id
       where p.tenant_id = $1 and p.id = any($2)`,
      [this.tx.tenantId, members.map((member) => member.id)],
    );
    const contacts = await this.refs.of(
      connectionId,
      'contact',
      rows.map((row) => row.customerId),
    );
    return new Map(rows.map((row) => [row.invoiceId, { ...row, contactExternalId: contacts.get(row.customerId) }]));
  }

  /** As long as something is unknown, somebody looks again. */
  private async lookAgain(connectionId: string): Promise<void> {
    const [open] = await this.tx.query<{ count: string }>(
      `select count(*) from posting where tenant_id = $1 and connection_id = $2 and state = 'unknown'`,
      [this.tx.tenantId, connectionId],
    );
    if (open && open.count !== '0')
      await this.jobs.enqueue('posting.reconcile', connectionId, {
        startAfter: this.clock.later(Math.min(30_000, this.timings.quarantineMs)),
      });
  }
}

interface Facts {
  contactExternalId: string | undefined;
  currency: string;
  date: string;
  total: string;
}

/** Adopted only if everything agrees; a document that merely has our number belongs to somebody else. */
function judge(member: UnknownMember, found: readonly FoundDocument[], facts: Facts | undefined): WriteOutcome | undefined {
  const same = found.filter((document) => document.number === member.number);
  if (same.length === 0) return undefined;
  const ours = same.find((document) => !document.voided && agrees(document, member, facts));
  if (ours) return { state: 'posted', externalId: ours.externalId, link: ours.link };
  const other = same[0];
  return {
    state: 'refused',
    cause: `Number ${member.number} is taken by another document in the ledger. Look at that document; then change one of the two numbers and press Retry.`,
    ...(other && { link: other.link }),
  };
}

function agrees(document: FoundDocument, member: UnknownMember, facts: Facts | undefined): boolean {
  if (!facts) return false;
  const total = Money.of(document.total, document.currency);
  const approved = Money.of(facts.total, facts.currency);
  return (
    document.marker === `CS-${member.invoiceId}` &&
    document.contactExternalId === facts.contactExternalId &&
    document.currency === facts.currency &&
    document.date === facts.date &&
    total.equals(approved.isNegative() ? approved.negated() : approved)
  );
}
