import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { NUMBER_TAKEN, type WriteOutcome } from '../../ports/outcome.js';
import { SYSTEM } from '../../storage/actor.js';
import { AuditLog } from '../../storage/audit-log.js';
import { JobQueue } from '../../storage/jobs/job-queue.js';
import { ExternalRefs } from '../../storage/repositories/external-refs.js';
import { Postings } from '../../storage/repositories/postings.js';
import { Settlements } from '../../storage/repositories/settlements.js';
import { PostingWork, type UnknownMember } from '../../storage/repositories/posting-work.js';
import { TenantTransaction } from '../../storage/tenant-transaction.js';
import { PostingTimings } from './timings.js';

/** What follows from how a document's posting ended; one transaction with the posting's own change of state. */
@Injectable()
export class Outcomes {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly work: PostingWork,
    private readonly postings: Postings,
    private readonly refs: ExternalRefs,
    private readonly settlements: Settlements,
    private readonly audit: AuditLog,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    private readonly timings: PostingTimings,
  ) {}

  /** @param batchId closed as far as its members allow. */
  async ofBatch(
    connectionId: string,
    batchId: string,
    kind: 'invoice' | 'credit_note',
    members: readonly UnknownMember[],
    outcomes: readonly WriteOutcome[],
    transportFailure: boolean,
  ): Promise<void> {
    const ended = members.map((_, index) => asEnded(outcomes[index]));
    for (const [index, member] of members.entries()) {
      const outcome = ended[index];
      if (outcome) await this.ofDocument(connectionId, kind, member, outcome);
    }
    await this.work.closeBatch(batchId, transportFailure);
    if (ended.some((outcome) => outcome.state === 'unknown')) {
      await this.jobs.enqueue('posting.reconcile', connectionId, { startAfter: this.clock.later(this.timings.replayAfterMs) });
    }
  }

  async ofDocument(connectionId: string, kind: 'invoice' | 'credit_note', member: UnknownMember, outcome: WriteOutcome): Promise<void> {
    const moved = await this.work.apply(member.id, outcome);
    if (!moved) return;
    if (outcome.state === 'posted') await this.posted(connectionId, kind, member, outcome);
    const after =
      outcome.state === 'posted'
        ? { externalId: outcome.externalId }
        : { cause: outcome.state === 'refused' ? outcome.cause : outcome.why };
    await this.audit.record(SYSTEM, {
      action: `posting.${outcome.state}`,
      subject: { kind: 'invoice', id: member.invoiceId },
      after: { number: member.number, ...after },
    });
  }

  private async posted(
    connectionId: string,
    kind: 'invoice' | 'credit_note',
    member: UnknownMember,
    outcome: { externalId: string; link?: string },
  ): Promise<void> {
    await this.refs.put(connectionId, 'document', member.invoiceId, outcome.externalId, outcome.link);
    await this.tx.execute(`update invoice set state = 'posted', updated_at = $3 where tenant_id = $1 and id = $2 and state = 'approved'`, [
      this.tx.tenantId,
      member.invoiceId,
      this.clock.now(),
    ]);
    await this.settlements.follow([member.invoiceId]);
    await this.postings.plan({
      connectionId,
      operation: 'attachment',
      intentKey: member.invoiceId,
      intent: { documentExternalId: outcome.externalId, number: member.number, kind },
      invoiceId: member.invoiceId,
      notBefore: this.clock.now(),
      createdBy: SYSTEM.label,
    });
  }
}

/** "Number in use" may be our own earlier request that landed late: nobody knows until the number was looked up. */
function asEnded(outcome: WriteOutcome | undefined): WriteOutcome {
  if (!outcome) return { state: 'unknown', why: 'The ledger’s answer did not mention this document.' };
  if (outcome.state === 'refused' && outcome.vendorCode === NUMBER_TAKEN)
    return { state: 'unknown', why: 'The ledger says that the number is in use; it is being looked up by whom.' };
  return outcome;
}
