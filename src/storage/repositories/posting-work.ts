import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Customer } from '../../domain/customer.js';
import type { InvoiceContent } from '../../domain/invoice.js';
import type { InvoiceContext } from '../../domain/invoice.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import { PostingBatchRow, PostingRow } from '../rows/posting-rows.js';
import { TenantTransaction } from '../tenant-transaction.js';

/** A document that is due, with everything that was approved about it. */
export interface DueDocument {
  id: string;
  invoiceId: string;
  approvalId: string;
  sourceConnectionId: string;
  sourceExternalId: string;
  context: InvoiceContext;
  contentHash: string;
  content: InvoiceContent;
  customerId: string;
  customer: Customer;
}

export interface ReadyDocument {
  id: string;
  number: string;
  body: string;
}

export interface UnknownMember {
  id: string;
  invoiceId: string;
  number: string;
  body: string;
  memberKey: string;
  position: number;
}

export const SINGLE_OPERATIONS = ['status', 'payment', 'attachment'] as const;

/** The state machine of postings as statements: each moves rows only from the state it names, so a late process changes nothing. */
@Injectable()
export class PostingWork {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** Planned, due, approved documents of a ledger, of one kind (`credit`: total below zero), oldest first. */
  async dueDocuments(connectionId: string, credit: boolean, limit: number): Promise<DueDocument[]> {
    return await this.tx.query(
      `select p.id, p.invoice_id as "invoiceId", a.id as "approvalId", i.connection_id as "sourceConnectionId", i.external_id as "sourceExternalId", i.context,
              r.content_hash as "contentHash", r.content, c.id as "customerId", c.data as customer
       from posting p
       join approval a on a.tenant_id = p.tenant_id and a.id = p.approval_id and a.state = 'standing'
       join invoice i on i.tenant_id = p.tenant_id and i.id = p.invoice_id and i.state = 'approved'
       join invoice_revision r on r.tenant_id = a.tenant_id and r.id = a.revision_id
       join customer c on c.tenant_id = i.tenant_id and c.id = i.customer_id
       where p.tenant_id = $1 and p.connection_id = $2 and p.operation = 'document' and p.state = 'planned' and p.not_before <= $3 and (i.total < 0) = $4
       order by p.not_before, p.id limit $5`,
      [this.tx.tenantId, connectionId, this.clock.now(), credit, limit],
    );
  }

  /**
   * Commits what is about to be sent: only members that are still planned and still approved go. Answers those, in the
   * order in which they stand in the batch; undefined when none is left.
   */
  async beginBatch(
    connectionId: string,
    kind: PostingBatchRow['kind'],
    documents: readonly ReadyDocument[],
    leaseMs: number,
  ): Promise<{ batch: PostingBatchRow; members: UnknownMember[] } | undefined> {
    const tenantId = this.tx.tenantId;
    const now = this.clock.now();
    const alive = await this.tx.query<{ id: string; invoiceId: string }>(
      `select p.id, p.invoice_id as "invoiceId" from posting p
       join approval a on a.tenant_id = p.tenant_id and a.id = p.approval_id and a.state = 'standing'
       join tenant_settings s on s.tenant_id = p.tenant_id and s.posting_stopped_at is null
       join connection c on c.tenant_id = p.tenant_id and c.id = p.connection_id and c.paused_at is null and c.posting_mode = 'live'
       where p.tenant_id = $1 and p.id = any($2) and p.state = 'planned' for update of p`,
      [tenantId, documents.map((document) => document.id)],
    );
    const invoiceOf = new Map(alive.map((row) => [row.id, row.invoiceId]));
    const members = documents
      .filter((document) => invoiceOf.has(document.id))
      .map((document, position) => ({ ...document, invoiceId: invoiceOf.get(document.id) ?? '', memberKey: `m${position + 1}`, position }));
    if (members.length === 0) return undefined;
    const batch = this.tx.rows(PostingBatchRow).create({
      tenantId,
      id: uuidv7(),
      connectionId,
      requestKey: uuidv7(),
      kind,
      bodyHash: membersHash(members),
      state: 'sending',
      leaseUntil: new Date(now.getTime() + leaseMs),
      firstSentAt: now,
      sends: 1,
      transportFailure: false,
      settledAt: null,
    });
    await this.tx.rows(PostingBatchRow).insert(batch);
    await this.tx.execute(
      `update posting p set state = 'sending', batch_id = $3, batch_position = m.position, member_key = m.member_key, sent_number = m.number, sent_body = m.body,
              attempts = p.attempts + 1, sent_at = $4, updated_at = $4, cause = null, vendor_words = null, vendor_code = null
       from jsonb_to_recordset($2::jsonb) as m (id uuid, position int, member_key text, number text, body text) where p.tenant_id = $1 and p.id = m.id`,
      [tenantId, JSON.stringify(members.map((member) => ({ ...member, member_key: member.memberKey }))), batch.id, now],
    );
    return { batch, members };
  }

  /** Answers the invoices that are in the ledger now. `from` is the state the members are in. */
  async settleBatch(batchId: string, outcomes: ReadonlyMap<string, WriteOutcome>, transportFailure: boolean): Promise<string[]> {
    const posted: string[] = [];
    for (const [id, outcome] of outcomes) {
      const row = await this.apply(id, outcome);
      if (row?.invoiceId && outcome.state === 'posted') posted.push(row.invoiceId);
    }
    await this.closeBatch(batchId, transportFailure);
    return posted;
  }

  /** Moves one posting to what happened to it. Undefined when it was no longer waiting for an outcome. */
  async apply(id: string, outcome: WriteOutcome): Promise<{ invoiceId: string | null; connectionId: string } | undefined> {
    const now = this.clock.now();
    const [row] = await this.tx.query<{ invoiceId: string | null; connectionId: string }>(
      `update posting set state = $3, external_id = coalesce($4, external_id), link = coalesce($5, link), cause = $6, vendor_words = $7, vendor_code = $8, updated_at = $9
       where tenant_id = $1 and id = $2 and state in ('sending', 'unknown') and state <> $3 returning invoice_id as "invoiceId", connection_id as "connectionId"`,
      [
        this.tx.tenantId,
        id,
        outcome.state,
        outcome.state === 'posted' ? outcome.externalId : null,
        outcome.state === 'unknown' ? null : (outcome.link ?? null),
        outcome.state === 'refused' ? outcome.cause : outcome.state === 'unknown' ? outcome.why : null,
        outcome.state === 'refused' ? (outcome.vendorWords?.slice(0, 1_000) ?? null) : null,
        outcome.state === 'refused' ? (outcome.vendorCode ?? null) : null,
        now,
      ],
    );
    return row;
  }

  /** Nothing was written: the members wait for another try. */
  async returnToPlanned(ids: readonly string[], notBefore: Date, cause: string): Promise<void> {
    await this.tx.execute(
      `update posting set state = 'planned', not_before = $3, cause = $4, batch_id = null, batch_position = null, member_key = null, updated_at = $5
       where tenant_id = $1 and id = any($2) and state in ('sending', 'unknown')`,
      [this.tx.tenantId, ids, notBefore, cause, this.clock.now()],
    );
  }

  async refusePlanned(id: string, cause: string, vendorWords?: string): Promise<void> {
    await this.tx.execute(
      `update posting set state = 'refused', cause = $3, vendor_words = $4, updated_at = $5 where tenant_id = $1 and id = $2 and state = 'planned'`,
      [this.tx.tenantId, id, cause, vendorWords ?? null, this.clock.now()],
    );
  }

  async closeBatch(batchId: string, transportFailure: boolean): Promise<void> {
    await this.tx.execute(
      `update posting_batch b set transport_failure = $3,
              state = case when open.unknown > 0 then 'frozen' when open.planned > 0 then 'dissolved' else 'settled' end,
              settled_at = case when open.unknown > 0 then null else $4::timestamptz end
       from (select count(*) filter (where state in ('unknown', 'sending')) as unknown, count(*) filter (where state = 'planned') as planned
             from posting where tenant_id = $1 and batch_id = $2) open
       where b.tenant_id = $1 and b.id = $2`,
      [this.tx.tenantId, batchId, transportFailure, this.clock.now()],
    );
  }

  async dissolveBatch(batchId: string): Promise<void> {
    await this.tx.execute(
      `update posting_batch set state = 'dissolved', settled_at = $3 where tenant_id = $1 and id = $2 and state in ('sending', 'frozen')`,
      [this.tx.tenantId, batchId, this.clock.now()],
    );
  }

  /** What a process that died left on the wire: nobody can say how it ended. Answers whether there was any. */
  async admitUnknown(connectionId: string, singleLeaseMs: number): Promise<boolean> {
    const now = this.clock.now();
    const batches = await this.tx.execute(
      `with dead as (update posting_batch set state = 'frozen', transport_failure = true where tenant_id = $1 and connection_id = $2 and state = 'sending' and lease_until < $3 returning id)
       update posting p set state = 'unknown', cause = 'The process that sent this died before the answer came.', updated_at = $3 from dead
       where p.tenant_id = $1 and p.batch_id = dead.id and p.state = 'sending'`,
      [this.tx.tenantId, connectionId, now],
    );
    const singles = await this.tx.execute(
      `update posting set state = 'unknown', cause = 'The process that sent this died before the answer came.', updated_at = $3
       where tenant_id = $1 and connection_id = $2 and state = 'sending' and batch_id is null and sent_at < $4`,
      [this.tx.tenantId, connectionId, now, new Date(now.getTime() - singleLeaseMs)],
    );
    return batches + singles > 0;
  }

  async frozenBatches(connectionId: string): Promise<PostingBatchRow[]> {
    return await this.tx.rows(PostingBatchRow).findBy({ tenantId: this.tx.tenantId, connectionId, state: 'frozen' });
  }

  /** All members in the order of sending, and which of them are still unknown. */
  async members(batchId: string): Promise<{ all: UnknownMember[]; unknown: Set<string> }> {
    const rows = await this.tx.query<UnknownMember & { state: string }>(
      `select id, invoice_id as "invoiceId", sent_number as number, sent_body as body, member_key as "memberKey", batch_position as position, state
       from posting where tenant_id = $1 and batch_id = $2 order by batch_position`,
      [this.tx.tenantId, batchId],
    );
    return { all: rows, unknown: new Set(rows.filter((row) => row.state === 'unknown').map((row) => row.id)) };
  }

  async beginReplay(batchId: string, leaseMs: number): Promise<void> {
    await this.tx.execute(
      `update posting_batch set sends = sends + 1, lease_until = $3 where tenant_id = $1 and id = $2 and state = 'frozen'`,
      [this.tx.tenantId, batchId, this.clock.later(leaseMs)],
    );
  }

  /** Statuses, payments and attachments that are due; each is a request of its own. */
  async dueSingles(connectionId: string, limit: number): Promise<PostingRow[]> {
    const rows = await this.tx.query<{ id: string }>(
      `select id from posting where tenant_id = $1 and connection_id = $2 and state = 'planned' and operation = any($3) and not_before <= $4 order by not_before, id limit $5`,
      [this.tx.tenantId, connectionId, SINGLE_OPERATIONS, this.clock.now(), limit],
    );
    const ids = rows.map((row) => row.id);
    const found = await Promise.all(ids.map((id) => this.tx.rows(PostingRow).findOneByOrFail({ tenantId: this.tx.tenantId, id })));
    return found;
  }

  /** False when somebody else took it or it was cancelled. */
  async beginSingle(id: string): Promise<boolean> {
    const now = this.clock.now();
    const begun = await this.tx.execute(
      `update posting set state = 'sending', attempts = attempts + 1, sent_at = $3, updated_at = $3, cause = null where tenant_id = $1 and id = $2 and state = 'planned'`,
      [this.tx.tenantId, id, now],
    );
    return begun === 1;
  }

  /** Single writes look before they write, so after the quarantine an unknown one may simply be tried again. */
  async retryUnknownSingles(connectionId: string, unknownBefore: Date): Promise<number> {
    return await this.tx.execute(
      `update posting set state = 'planned', updated_at = $4 where tenant_id = $1 and connection_id = $2 and state = 'unknown' and operation <> 'document' and sent_at < $3`,
      [this.tx.tenantId, connectionId, unknownBefore, this.clock.now()],
    );
  }
}

/** Over the members in order: a batch is re-sent only if it is byte for byte the one that was sent. */
export function membersHash(members: readonly { memberKey: string; body: string }[]): string {
  const hash = createHash('sha256');
  for (const member of members) hash.update(`${member.memberKey}\n${member.body}\n`);
  return hash.digest('hex');
}
