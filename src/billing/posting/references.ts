import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import type { AccountingLedger, ReferenceIntent, ReferenceOutcome } from '../../ports/accounting-ledger.js';
import { SYSTEM } from '../../storage/actor.js';
import { AuditLog } from '../../storage/audit-log.js';
import { ExternalRefs } from '../../storage/repositories/external-refs.js';
import { Postings } from '../../storage/repositories/postings.js';
import { PostingWork } from '../../storage/repositories/posting-work.js';
import { TenantTransaction } from '../../storage/tenant-transaction.js';

export interface EnsuredReferences {
  /** Vendor's ids by our key. */
  ids: ReadonlyMap<string, string>;
  /** Why there is none, by our key, in plain words. */
  refused: ReadonlyMap<string, string>;
}

/** Customers and items that must be in the ledger before a document names them. Each creation is a posting of its own. */
@Injectable()
export class References {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly refs: ExternalRefs,
    private readonly postings: Postings,
    private readonly work: PostingWork,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** What is known answers from our own table; the rest is found or created in one go. */
  async ensure(
    tenantId: string,
    connectionId: string,
    ledger: AccountingLedger,
    intents: readonly ReferenceIntent[],
  ): Promise<EnsuredReferences> {
    const kind = intents[0]?.kind;
    if (!kind) return { ids: new Map(), refused: new Map() };
    const ids = await this.tx.run(tenantId, () =>
      this.refs.of(
        connectionId,
        kind,
        intents.map((intent) => intent.key),
      ),
    );
    const missing = intents.filter((intent) => !ids.has(intent.key));
    const refused = new Map<string, string>();
    if (missing.length === 0) return { ids, refused };
    const postingIds = await this.tx.run(tenantId, () => this.begin(connectionId, missing));
    const outcomes = await ledger.ensure(missing);
    await this.tx.run(tenantId, () => this.settle(connectionId, kind, outcomes, postingIds));
    for (const { key, outcome } of outcomes) {
      if (outcome.state === 'posted') ids.set(key, outcome.externalId);
      else
        refused.set(
          key,
          outcome.state === 'refused'
            ? outcome.cause
            : 'Nobody can say yet whether the ledger has this customer or item; it will be looked up.',
        );
    }
    return { ids, refused };
  }

  /** Commits the intents as 'sending'. An earlier one that ended unknown or died is taken up again: `ensure` looks before it creates. */
  private async begin(connectionId: string, intents: readonly ReferenceIntent[]): Promise<Map<string, string>> {
    const now = this.clock.now();
    for (const intent of intents) {
      const name = intent.kind === 'contact' ? intent.customer.name : intent.name;
      await this.postings.plan({
        connectionId,
        operation: intent.kind,
        intentKey: intent.key,
        intent: { name },
        notBefore: now,
        createdBy: SYSTEM.label,
      });
    }
    await this.tx.execute(
      `update posting set state = 'planned', updated_at = $4
       where tenant_id = $1 and connection_id = $2 and intent_key = any($3) and operation in ('contact', 'item') and state in ('sending', 'unknown')`,
      [this.tx.tenantId, connectionId, intents.map((intent) => intent.key), now],
    );
    const planned = await this.tx.query<{ id: string; key: string }>(
      `select id, intent_key as key from posting where tenant_id = $1 and connection_id = $2 and intent_key = any($3) and operation in ('contact', 'item') and state = 'planned'`,
      [this.tx.tenantId, connectionId, intents.map((intent) => intent.key)],
    );
    for (const { id } of planned) await this.work.beginSingle(id);
    return new Map(planned.map((row) => [row.key, row.id]));
  }

  private async settle(
    connectionId: string,
    kind: ReferenceIntent['kind'],
    outcomes: readonly ReferenceOutcome[],
    postingIds: ReadonlyMap<string, string>,
  ): Promise<void> {
    for (const { key, outcome } of outcomes) {
      const id = postingIds.get(key);
      if (id) await this.work.apply(id, outcome);
      if (outcome.state !== 'posted') continue;
      await this.refs.put(connectionId, kind, key, outcome.externalId, outcome.link);
      await this.audit.record(SYSTEM, {
        action: `posting.${kind}_ready`,
        subject: { kind: 'connection', id: connectionId },
        after: { key, externalId: outcome.externalId },
      });
    }
  }
}
