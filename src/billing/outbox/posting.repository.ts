import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Customer } from '../../domain/customer.js';
import type { InvoiceContent, InvoiceContext } from '../../domain/invoice.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { NUMBER_TAKEN, type WriteOutcome } from '../../ports/outcome.js';
import { PostingBatchEntity, PostingEntity } from './posting.entity.js';
import { membersHash } from './members-hash.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { lockInvoices } from '../invoices/invoice-locks.js';

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
  /** How many documents of this invoice the ledger had and voided. */
  timesVoided: number;
}

export interface ReadyDocument {
  id: string;
  invoiceId: string;
  number: string;
  body: string;
}

export interface BatchMember {
  id: string;
  invoiceId: string;
  number: string;
  body: string;
  memberKey: string;
  position: number;
  /** The ledger answered that its number is in use. */
  saidTaken: boolean;
}

export const SINGLE_OPERATIONS = ['status', 'payment', 'attachment'] as const;

/** Nothing says stop: the tenant's switch, a pause or a broken grant of the posting's connection. For a posting `p`. */
const MAY_WRITE = `exists (select from tenant_settings s join connection c on c.tenant_id = s.tenant_id
  where s.tenant_id = p.tenant_id and c.id = p.connection_id and s.posting_stopped_at is null and c.paused_at is null and c.state = 'connected')`;

/** The state machine of postings as statements: each moves rows only from the state it names, so a late process changes nothing. */
@Injectable()
export class PostingRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** Planned, due, approved documents of a ledger, of one kind (`credit`: total below zero), oldest first. */
  async dueDocuments(connectionId: string, credit: boolean, limit: number): Promise<DueDocument[]> {
    return await this.tx.query(
      `select p.id, p.invoice_id as "invoiceId", a.id as "approvalId", i.connection_id as "sourceConnectionId", i.external_id as "sourceExternalId", i.context,
              r.content_hash as "contentHash", r.content, c.id as "customerId", c.data as customer,
              (select count(*)::int from posting v where v.tenant_id = p.tenant_id and v.invoice_id = p.invoice_id and v.operation = 'document'
                and v.state = 'voided') as "timesVoided"
       from posting p
       join approval a on a.tenant_id = p.tenant_id and a.id = p.approval_id and a.state = 'standing'
       join invoice i on i.tenant_id = p.tenant_id and i.id = p.invoice_id and i.state = 'approved'
       join invoice_revision r on r.tenant_id = a.tenant_id and r.id = a.revision_id
       join customer c on c.tenant_id = i.tenant_id and c.id = i.customer_id
       join connection l on l.tenant_id = p.tenant_id and l.id = p.connection_id and l.posting_mode = 'live' and i.date >= l.go_live_date
       where p.tenant_id = $1 and p.connection_id = $2 and p.operation = 'document' and p.state = 'planned' and p.not_before <= $3 and (i.total < 0) = $4
       order by p.not_before, p.id limit $5`,
      [this.tx.tenantId, connectionId, this.clock.now(), credit, limit],
    );
  }

  /**
   * Commits what is about to be sent: only members that are still planned and still approved go, and none while anything
   * says stop. Answers those, in the order in which they stand in the batch; undefined when none is left.
   */
  async beginBatch(
    connectionId: string,
    kind: PostingBatchEntity['kind'],
    documents: readonly ReadyDocument[],
    leaseMs: number,
  ): Promise<{ batch: PostingBatchEntity; members: BatchMember[] } | undefined> {
    const tenantId = this.tx.tenantId;
    await lockInvoices(
      this.tx,
      documents.map((document) => document.invoiceId),
    );
    const alive = await this.tx.query<{ id: string }>(
      `select p.id from posting p
       join approval a on a.tenant_id = p.tenant_id and a.id = p.approval_id and a.state = 'standing'
       join invoice i on i.tenant_id = p.tenant_id and i.id = p.invoice_id and i.state = 'approved'
       join connection l on l.tenant_id = p.tenant_id and l.id = p.connection_id and l.posting_mode = 'live'
       where p.tenant_id = $1 and p.id = any($2) and p.state = 'planned' and ${MAY_WRITE} order by p.id for update of p`,
      [tenantId, documents.map((document) => document.id)],
    );
    const going = new Set(alive.map((row) => row.id));
    const members = documents
      .filter((document) => going.has(document.id))
      .map((document, position) => ({ ...document, memberKey: `m${position + 1}`, position, saidTaken: false }));
    if (members.length === 0) return undefined;
    const batch = await this.insertBatch(connectionId, kind, members, leaseMs);
    await this.tx.execute(
      `update posting p set state = 'sending', batch_id = $3, batch_position = m.position, member_key = m.member_key,
        sent_number = m.number, sent_body = m.body,
              attempts = p.attempts + 1, sent_at = $4, updated_at = $4, cause = null, vendor_words = null, vendor_code = null
       from jsonb_to_recordset($2::jsonb) as m (id uuid, position int, member_key text, number text, body text) where p.tenant_id = $1 and p.id = m.id`,
      [tenantId, JSON.stringify(members.map((member) => ({ ...member, member_key: member.memberKey }))), batch.id, this.clock.now()],
    );
    return { batch, members };
  }

  private async insertBatch(
    connectionId: string,
    kind: PostingBatchEntity['kind'],
    members: readonly BatchMember[],
    leaseMs: number,
  ): Promise<PostingBatchEntity> {
    const batch = this.tx.rows(PostingBatchEntity).create({
      tenantId: this.tx.tenantId,
      id: uuidv7(),
      connectionId,
      requestKey: uuidv7(),
      kind,
      bodyHash: membersHash(members),
      state: 'sending',
      leaseUntil: this.clock.later(leaseMs),
      firstSentAt: this.clock.now(),
      sends: 1,
      transportFailure: false,
      settledAt: null,
    });
    await this.tx.rows(PostingBatchEntity).insert(batch);
    return batch;
  }

  /** Moves one posting to what happened to it. False when it was no longer waiting for an outcome, or waits as before. */
  async apply(id: string, outcome: WriteOutcome): Promise<boolean> {
    const moved = await this.tx.execute(
      `update posting set state = $3, external_id = coalesce($4, external_id), link = coalesce($5, link), cause = $6,
        vendor_words = $7, vendor_code = $8, updated_at = $9
       where tenant_id = $1 and id = $2 and state in ('sending', 'unknown') and state <> $3`,
      [
        this.tx.tenantId,
        id,
        outcome.state,
        outcome.state === 'posted' ? outcome.externalId : null,
        outcome.state === 'unknown' ? null : (outcome.link ?? null),
        outcome.state === 'refused' ? outcome.cause : outcome.state === 'unknown' ? outcome.why : null,
        outcome.state === 'refused' ? (outcome.vendorWords?.slice(0, 1_000) ?? null) : null,
        outcome.state === 'posted' ? null : (outcome.vendorCode ?? null),
        this.clock.now(),
      ],
    );
    return moved === 1;
  }

  /** Nothing was written: these wait for another try. @param notBefore null: their turn is where it was */
  async returnToPlanned(ids: readonly string[], notBefore: Date | null, cause: string): Promise<void> {
    await this.tx.execute(
      `update posting set state = 'planned', not_before = coalesce($3, not_before), cause = $4, batch_id = null, batch_position = null,
        member_key = null, updated_at = $5
       where tenant_id = $1 and id = any($2) and state in ('sending', 'unknown')`,
      [this.tx.tenantId, ids, notBefore, cause, this.clock.now()],
    );
  }

  /** Still planned, but not now. */
  async postpone(id: string, notBefore: Date, cause: string): Promise<void> {
    await this.tx.execute(
      `update posting set not_before = $3, cause = $4, updated_at = $5 where tenant_id = $1 and id = $2 and state = 'planned'`,
      [this.tx.tenantId, id, notBefore, cause, this.clock.now()],
    );
  }

  /** Whether it was still planned. */
  async refusePlanned(id: string, cause: string, vendorWords?: string): Promise<boolean> {
    const refused = await this.tx.execute(
      `update posting set state = 'refused', cause = $3, vendor_words = $4, updated_at = $5 where tenant_id = $1 and id = $2 and state = 'planned'`,
      [this.tx.tenantId, id, cause, vendorWords ?? null, this.clock.now()],
    );
    return refused === 1;
  }

  /**
   * After an answer, or when it was clear that none would come. Frozen while a member is unknown: then the quarantine counts
   * from now, since the request may have waited for its turn long after it was committed.
   */
  async answered(batchId: string, transportFailure: boolean, leaseMs: number): Promise<void> {
    await this.tx.execute(`update posting_batch set transport_failure = $3, lease_until = $4 where tenant_id = $1 and id = $2`, [
      this.tx.tenantId,
      batchId,
      transportFailure,
      this.clock.later(leaseMs),
    ]);
    await this.closeBatch(batchId);
  }

  /** Frozen while one of its members is unknown; else over. @param ended 'dissolved' when members were planned anew */
  async closeBatch(batchId: string, ended: 'settled' | 'dissolved' = 'settled'): Promise<void> {
    await this.tx.execute(
      `update posting_batch b set state = case when open.unknown > 0 then 'frozen' else $4 end,
              settled_at = case when open.unknown > 0 then null else $3::timestamptz end
       from (select count(*) as unknown from posting where tenant_id = $1 and batch_id = $2 and state in ('unknown', 'sending')) open
       where b.tenant_id = $1 and b.id = $2`,
      [this.tx.tenantId, batchId, this.clock.now(), ended],
    );
  }

  /** What a process that died left on the wire: nobody can say how it ended, nor when it was really sent. Holding its lease. */
  async admitUnknown(connectionId: string, leaseMs: number): Promise<void> {
    const now = this.clock.now();
    const cause = 'The process that sent this died before the answer came.';
    await this.tx.execute(
      `with dead as (update posting_batch set state = 'frozen', transport_failure = true, lease_until = $5
                     where tenant_id = $1 and connection_id = $2 and state = 'sending' and lease_until < $3 returning id)
       update posting p set state = 'unknown', cause = $4, updated_at = $3 from dead
       where p.tenant_id = $1 and p.batch_id = dead.id and p.state = 'sending'`,
      [this.tx.tenantId, connectionId, now, cause, this.clock.later(leaseMs)],
    );
    await this.tx.execute(
      `update posting set state = 'unknown', cause = $5, updated_at = $3
       where tenant_id = $1 and connection_id = $2 and state = 'sending' and batch_id is null and sent_at < $4`,
      [this.tx.tenantId, connectionId, now, new Date(now.getTime() - leaseMs), cause],
    );
  }

  /** Whether anything waits for an answer or for reconcile; `documents` alone or of any kind. */
  async isOpen(connectionId: string, states: readonly ('sending' | 'unknown')[], only?: 'documents'): Promise<boolean> {
    const [row] = await this.tx.query<{ open: boolean }>(
      `select exists (select from posting where tenant_id = $1 and connection_id = $2 and state in ('sending', 'unknown') and state = any($3)
                      and ($4::boolean is not true or operation = 'document')) as open`,
      [this.tx.tenantId, connectionId, states, only === 'documents'],
    );
    return row?.open ?? false;
  }

  async frozenBatches(connectionId: string): Promise<PostingBatchEntity[]> {
    return await this.tx
      .rows(PostingBatchEntity)
      .find({ where: { tenantId: this.tx.tenantId, connectionId, state: 'frozen' }, order: { firstSentAt: 'ASC', id: 'ASC' } });
  }

  /** All members in the order of sending, and which of them are still unknown. */
  async members(batchId: string): Promise<{ all: BatchMember[]; unknown: Set<string> }> {
    const rows = await this.tx.query<BatchMember & { state: string }>(
      `select id, invoice_id as "invoiceId", sent_number as number, sent_body as body, member_key as "memberKey", batch_position as position,
              coalesce(vendor_code = '${NUMBER_TAKEN}', false) as "saidTaken", state
       from posting where tenant_id = $1 and batch_id = $2 order by batch_position`,
      [this.tx.tenantId, batchId],
    );
    return { all: rows, unknown: new Set(rows.filter((row) => row.state === 'unknown').map((row) => row.id)) };
  }

  /** Commits that the same bytes go out once more. False when anything says stop, or when it is no longer frozen. */
  async beginReplay(batchId: string, leaseMs: number): Promise<boolean> {
    const begun = await this.tx.execute(
      `update posting_batch p set sends = p.sends + 1, lease_until = $3 where p.tenant_id = $1 and p.id = $2 and p.state = 'frozen' and ${MAY_WRITE}`,
      [this.tx.tenantId, batchId, this.clock.later(leaseMs)],
    );
    return begun === 1;
  }

  /** Statuses, payments and attachments that are due, oldest first; each is a request of its own. */
  async dueSingles(connectionId: string, limit: number): Promise<PostingEntity[]> {
    const due = await this.tx.query<{ id: string }>(
      `select id from posting where tenant_id = $1 and connection_id = $2 and state = 'planned' and operation = any($3)
        and not_before <= $4 order by not_before, id limit $5`,
      [this.tx.tenantId, connectionId, SINGLE_OPERATIONS, this.clock.now(), limit],
    );
    return await this.tx
      .rows(PostingEntity)
      .find({ where: { tenantId: this.tx.tenantId, id: In(due.map((row) => row.id)) }, order: { notBefore: 'ASC', id: 'ASC' } });
  }

  /** False when somebody else took it, when it was cancelled, or while anything says stop. */
  async beginSingle(id: string): Promise<boolean> {
    const begun = await this.tx.execute(
      `update posting p set state = 'sending', attempts = p.attempts + 1, sent_at = $3, updated_at = $3, cause = null
       where p.tenant_id = $1 and p.id = $2 and p.state = 'planned' and ${MAY_WRITE}`,
      [this.tx.tenantId, id, this.clock.now()],
    );
    return begun === 1;
  }

  /** Single writes look before they write, so after the quarantine an unknown one may simply be tried again. */
  async retryUnknownSingles(connectionId: string, unknownSince: Date): Promise<number> {
    return await this.tx.execute(
      `update posting set state = 'planned', updated_at = $4
        where tenant_id = $1 and connection_id = $2 and state = 'unknown' and operation <> 'document' and updated_at < $3`,
      [this.tx.tenantId, connectionId, unknownSince, this.clock.now()],
    );
  }
}
