import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import type { AccountingLedger, ReferenceIntent, ReferenceOutcome } from '../../ports/accounting-ledger.js';
import { isConnectorError } from '../../ports/connector-error.js';
import { SYSTEM } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { ExternalRefRepository } from '../outbox/external-ref.repository.js';
import { PostingPlanner } from '../outbox/posting-planner.js';
import { PostingRepository } from '../outbox/posting.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { PostingTimings } from './timings.js';

export interface EnsuredReferences {
  /** Vendor's ids by our key. */
  ids: ReadonlyMap<string, string>;
  /** Why there is none and will be none, by our key, in plain words. A key in neither map: nobody can say yet. */
  refused: ReadonlyMap<string, string>;
}

/** Customers and items that must be in the ledger before a document names them. Each creation is a posting of its own. */
@Injectable()
export class References {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly refs: ExternalRefRepository,
    private readonly postings: PostingPlanner,
    private readonly work: PostingRepository,
    private readonly audit: AuditLog,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    private readonly timings: PostingTimings,
  ) {}

  /** What is known answers from our own table; the rest is found or created in one go. All of one kind. */
  async ensure(
    tenantId: string,
    connectionId: string,
    ledger: AccountingLedger,
    intents: readonly ReferenceIntent[],
  ): Promise<EnsuredReferences> {
    const kind = intents[0]?.kind;
    if (!kind) return { ids: new Map(), refused: new Map() };
    const keys = intents.map((intent) => intent.key);
    const ids = await this.tx.run(tenantId, () => this.refs.of(connectionId, kind, keys));
    const missing = intents.filter((intent) => !ids.has(intent.key));
    const refused = new Map<string, string>();
    if (missing.length === 0) return { ids, refused };
    const begun = await this.tx.run(tenantId, () => this.begin(connectionId, kind, missing));
    const outcomes = await this.ask(tenantId, ledger, begun, missing);
    await this.tx.run(tenantId, () => this.settle(connectionId, kind, outcomes, begun));
    for (const { key, outcome } of outcomes) {
      if (outcome.state === 'posted') ids.set(key, outcome.externalId);
      else if (outcome.state === 'refused') refused.set(key, outcome.cause);
    }
    return { ids, refused };
  }

  /**
   * Commits the intents as 'sending'; answers the postings that really began. One that is unknown, or that another process
   * may still be waiting for, is left until its quarantine is over: reconcile then plans it anew, and `ensure` looks first.
   */
  private async begin(
    connectionId: string,
    kind: ReferenceIntent['kind'],
    intents: readonly ReferenceIntent[],
  ): Promise<Map<string, string>> {
    const now = this.clock.now();
    for (const intent of intents) {
      await this.postings.plan({
        connectionId,
        operation: kind,
        intentKey: intent.key,
        intent: { name: intent.kind === 'contact' ? intent.customer.name : intent.name },
        notBefore: now,
        createdBy: SYSTEM.label,
      });
    }
    const planned = await this.tx.query<{ id: string; key: string }>(
      `select id, intent_key as key from posting
       where tenant_id = $1 and connection_id = $2 and operation = $3 and intent_key = any($4) and state = 'planned' order by id`,
      [this.tx.tenantId, connectionId, kind, intents.map((intent) => intent.key)],
    );
    const begun = new Map<string, string>();
    for (const { id, key } of planned) if (await this.work.beginSingle(id)) begun.set(key, id);
    return begun;
  }

  private async ask(
    tenantId: string,
    ledger: AccountingLedger,
    begun: ReadonlyMap<string, string>,
    intents: readonly ReferenceIntent[],
  ): Promise<ReferenceOutcome[]> {
    const asked = intents.filter((intent) => begun.has(intent.key));
    if (asked.length === 0) return [];
    try {
      return await ledger.ensure(asked);
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      if (error.kind === 'outcome_unknown') return asked.map(({ key }) => ({ key, outcome: { state: 'unknown', why: error.message } }));
      const notBefore = this.clock.later(error.details.retryAfterMs ?? this.timings.retryMs);
      await this.tx.run(tenantId, () => this.work.returnToPlanned([...begun.values()], notBefore, error.message));
      throw error;
    }
  }

  private async settle(
    connectionId: string,
    kind: ReferenceIntent['kind'],
    outcomes: readonly ReferenceOutcome[],
    begun: ReadonlyMap<string, string>,
  ): Promise<void> {
    for (const { key, outcome } of outcomes) {
      const id = begun.get(key);
      if (id) await this.work.apply(id, outcome);
      if (outcome.state !== 'posted') continue;
      await this.refs.put(connectionId, kind, key, outcome.externalId, outcome.link);
      await this.audit.record(SYSTEM, {
        action: `posting.${kind}_ready`,
        subject: { kind: 'connection', id: connectionId },
        after: { key, externalId: outcome.externalId },
      });
    }
    if (outcomes.some(({ outcome }) => outcome.state === 'unknown'))
      await this.jobs.enqueue('posting.reconcile', connectionId, { startAfter: this.clock.later(this.timings.quarantineMs) });
  }
}
