import { Injectable } from '@nestjs/common';
import { notFound } from '../../domain/refusal.js';
import { POSTING_EVENTS, type PostingEvent, type PostingOperation } from '../../domain/posting-state.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import type { WriteOutcome } from '../../ports/outcome.js';
import { lockInvoices } from '../invoices/invoice-lock.repository.js';
import { PostingEntity } from './posting.entity.js';

export interface NewPosting {
  /** Chosen beforehand where another posting has to name this one. */
  id?: string;
  connectionId: string;
  operation: PostingOperation;
  intentKey: string;
  intent: Record<string, unknown>;
  invoiceId?: string;
  approvalId?: string;
  notBefore: Date;
  createdBy: string;
}

export interface SentMember {
  id: string;
  memberKey: string;
  position: number;
  number: string;
  body: string;
}

/** Nothing says stop: the tenant's switch, a pause or a broken grant of the posting's connection. For a posting or batch `p`. */
export const MAY_WRITE = `exists (select from tenant_settings s join connection c on c.tenant_id = s.tenant_id
  where s.tenant_id = p.tenant_id and c.id = p.connection_id and s.posting_stopped_at is null and c.paused_at is null and c.state = 'connected')`;

const EVENT_OF_OUTCOME = { posted: 'succeed', refused: 'refuse', unknown: 'loseSight' } as const satisfies Record<
  WriteOutcome['state'],
  PostingEvent
>;

/**
 * The only writer of postings and of their state. Every change is an event of `domain/posting-state`, and moves rows only from the
 * states that the event starts from: a process that comes late changes nothing. Raw SQL, because each statement has to say in one
 * go from where it moves how many rows.
 */
@Injectable()
export class PostingRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** False when the same intent already lives. @param leftOut why it will never be sent: then it is there to be seen, and nothing else */
  async insert(posting: NewPosting, leftOut?: string): Promise<boolean> {
    const inserted = await this.tx.execute(
      `insert into posting (tenant_id, id, connection_id, operation, intent_key, intent, invoice_id, approval_id, state, not_before,
        created_by, created_at, updated_at, cause)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $12, $9, $10, $11, $11, $13) on conflict do nothing`,
      [
        this.tx.tenantId,
        posting.id ?? uuidv7(),
        posting.connectionId,
        posting.operation,
        posting.intentKey,
        posting.intent,
        posting.invoiceId ?? null,
        posting.approvalId ?? null,
        posting.notBefore,
        posting.createdBy,
        this.clock.now(),
        leftOut === undefined ? 'planned' : 'skipped',
        leftOut ?? null,
      ],
    );
    return inserted === 1;
  }

  async get(id: string): Promise<PostingEntity> {
    const posting = await this.tx.rows(PostingEntity).findOneBy({ tenantId: this.tx.tenantId, id });
    if (!posting) throw notFound('This posting');
    return posting;
  }

  /** Its invoice's row first, as everybody who moves a document posting does. @throws Refusal 'not_found' */
  async lock(id: string): Promise<PostingEntity> {
    const { invoiceId } = await this.get(id);
    if (invoiceId) await lockInvoices(this.tx, [invoiceId]);
    return await this.tx
      .rows(PostingEntity)
      .findOneOrFail({ where: { tenantId: this.tx.tenantId, id }, lock: { mode: 'pessimistic_write' } });
  }

  /** @returns what really moved; those in another state stay as they are */
  private async move(event: PostingEvent, { where, set = '', values = [] }: Change): Promise<Moved[]> {
    const { from, to } = POSTING_EVENTS[event];
    return await this.tx.query<Moved>(
      `update posting p set state = $3, updated_at = $2${set && `, ${set}`} where p.tenant_id = $1 and p.state = any($4) and ${where}
       returning p.id, p.operation`,
      [this.tx.tenantId, this.clock.now(), to, from, ...values],
    );
  }

  /** Committed before the request of this one goes out. False when somebody else took it, when it was cancelled, or while anything says stop. */
  async begin(id: string): Promise<boolean> {
    const set = 'attempts = p.attempts + 1, sent_at = $2, cause = null';
    return (await this.move('begin', { where: `p.id = $5 and ${MAY_WRITE}`, set, values: [id] })).length === 1;
  }

  /** The same for the members of a batch, which the caller holds. */
  async beginMembers(batchId: string, members: readonly SentMember[]): Promise<void> {
    const set = `batch_id = $6, batch_position = m.position, member_key = m.member_key, sent_number = m.number, sent_body = m.body,
      attempts = p.attempts + 1, sent_at = $2, cause = null, vendor_words = null, vendor_code = null
      from jsonb_to_recordset($5::jsonb) as m (id uuid, position int, member_key text, number text, body text)`;
    const rows = members.map((member) => ({ ...member, member_key: member.memberKey }));
    await this.move('begin', { where: 'p.id = m.id', set, values: [JSON.stringify(rows), batchId] });
  }

  /** Moves one posting to what happened to it. False when it was no longer waiting for an outcome, or waits as before. */
  async apply(id: string, outcome: WriteOutcome): Promise<boolean> {
    const set = `external_id = coalesce($6, p.external_id), link = coalesce($7, p.link), cause = $8, vendor_words = $9, vendor_code = $10`;
    const values = [
      id,
      outcome.state === 'posted' ? outcome.externalId : null,
      outcome.state === 'unknown' ? null : (outcome.link ?? null),
      outcome.state === 'refused' ? outcome.cause : outcome.state === 'unknown' ? outcome.why : null,
      outcome.state === 'refused' ? (outcome.vendorWords?.slice(0, 1_000) ?? null) : null,
      outcome.state === 'posted' ? null : (outcome.vendorCode ?? null),
    ];
    return (await this.move(EVENT_OF_OUTCOME[outcome.state], { where: 'p.id = $5', set, values })).length === 1;
  }

  /** Nothing was written: these wait for another try. @param notBefore null: their turn is where it was */
  async sendAnew(ids: readonly string[], notBefore: Date | null, cause: string): Promise<void> {
    const set = 'not_before = coalesce($6, p.not_before), cause = $7, batch_id = null, batch_position = null, member_key = null';
    await this.move('sendAnew', { where: 'p.id = any($5)', set, values: [ids, notBefore, cause] });
  }

  /** Refused by ourselves. Whether it was still planned. */
  async refuseUnsent(id: string, cause: string, vendorWords?: string): Promise<boolean> {
    const set = 'cause = $6, vendor_words = $7';
    return (await this.move('refuseUnsent', { where: 'p.id = $5', set, values: [id, cause, vendorWords ?? null] })).length === 1;
  }

  /** What was on the wire in batches whose process died: nobody can say how it ended. */
  async loseSightOfBatches(batchIds: readonly string[], cause: string): Promise<void> {
    if (batchIds.length === 0) return;
    await this.move('loseSight', { where: 'p.batch_id = any($5)', set: 'cause = $6', values: [batchIds, cause] });
  }

  /** The same for single requests that were sent before `sentBefore`. */
  async loseSightOfSingles(connectionId: string, sentBefore: Date, cause: string): Promise<void> {
    const where = 'p.connection_id = $5 and p.batch_id is null and p.sent_at < $6';
    await this.move('loseSight', { where, set: 'cause = $7', values: [connectionId, sentBefore, cause] });
  }

  /** Single writes look before they write, so one that has been unknown since before `unknownSince` may simply be tried again. */
  async sendUnknownSinglesAnew(connectionId: string, unknownSince: Date): Promise<number> {
    const where = `p.state = 'unknown' and p.connection_id = $5 and p.operation <> 'document' and p.updated_at < $6`;
    return (await this.move('sendAnew', { where, values: [connectionId, unknownSince] })).length;
  }

  /** A person has a refused one tried again, now. False when it was not refused. */
  async retry(id: string): Promise<boolean> {
    return (await this.move('retry', { where: 'p.id = $5', set: 'not_before = $2', values: [id] })).length === 1;
  }

  /** It will never be sent. False when it has gone or ended already. */
  async skip(id: string, because: string): Promise<boolean> {
    return (await this.move('skip', { where: 'p.id = $5', set: 'cause = $6', values: [id, because] })).length === 1;
  }

  /** What follows from an approval that no longer stands: its document, that document's PDF and the status are not sent. @returns which */
  async skipPlannedOf(invoiceIds: readonly string[], because: string): Promise<Moved[]> {
    const where = `p.invoice_id = any($5) and p.state = 'planned' and p.operation in ('document', 'status', 'attachment')`;
    return await this.move('skip', { where, set: 'cause = $6', values: [invoiceIds, because] });
  }

  /** What is planned for a ledger and dated before the day on which posting begins there. */
  async skipDatedBefore(connectionId: string, day: string, because: string): Promise<void> {
    const where = `p.connection_id = $5 and p.operation = 'document' and p.state = 'planned' and exists (
      select from invoice i where i.tenant_id = p.tenant_id and i.id = p.invoice_id and i.date < $6)`;
    await this.move('skip', { where, set: 'cause = $7', values: [connectionId, day, because] });
  }

  /** The documents of these invoices were taken back at the vendor, and their PDFs with them. */
  async voidDocuments(invoiceIds: readonly string[]): Promise<void> {
    await this.move('void', { where: `p.invoice_id = any($5) and p.operation in ('document', 'attachment')`, values: [invoiceIds] });
  }

  /** A payment that was recorded in the PSA was removed there, or one that waited to be recorded never will be. */
  async takeBack(id: string): Promise<void> {
    await this.move('void', { where: 'p.id = $5', values: [id] });
    await this.move('skip', { where: 'p.id = $5', values: [id] });
  }

  /** Still planned, but at another time. Whether it was planned. */
  async postpone(id: string, notBefore: Date, cause?: string): Promise<boolean> {
    const moved = await this.tx.execute(
      `update posting set not_before = $3, cause = coalesce($4, cause), updated_at = $5 where tenant_id = $1 and id = $2 and state = 'planned'`,
      [this.tx.tenantId, id, notBefore, cause ?? null, this.clock.now()],
    );
    return moved === 1;
  }

  /** Who looks after it. @param to null: nobody */
  async assign(id: string, to: string | null): Promise<void> {
    await this.tx.rows(PostingEntity).update({ tenantId: this.tx.tenantId, id }, { assignedTo: to, updatedAt: this.clock.now() });
  }
}

interface Moved {
  id: string;
  operation: PostingOperation;
}

interface Change {
  /** On the posting `p`. The first value is $5. */
  where: string;
  /** Besides state and updated_at ($2 is now); may end with a FROM. */
  set?: string;
  values?: unknown[];
}
