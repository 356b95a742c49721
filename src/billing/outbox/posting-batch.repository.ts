import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import { NUMBER_TAKEN } from '../../ports/outcome.js';
import { lockInvoices } from '../invoices/invoice-lock.repository.js';
import { PostingBatchEntity } from './posting.entity.js';
import { MAY_WRITE, PostingRepository, type SentMember } from './posting.repository.js';

export interface ReadyDocument {
  id: string;
  invoiceId: string;
  number: string;
  body: string;
}

export interface BatchMember extends SentMember {
  invoiceId: string;
  /** The ledger answered that its number is in use. */
  saidTaken: boolean;
}

/** Requests that carry several documents: committed before they go, and re-sent byte for byte or not at all. */
@Injectable()
export class PostingBatchRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly postings: PostingRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Commits what is about to be sent: only members that are still planned and still approved go, and none while anything
   * says stop. Answers those, in the order in which they stand in the batch; undefined when none is left.
   */
  async begin(
    connectionId: string,
    kind: PostingBatchEntity['kind'],
    documents: readonly ReadyDocument[],
    leaseMs: number,
  ): Promise<{ batch: PostingBatchEntity; members: BatchMember[] } | undefined> {
    await lockInvoices(
      this.tx,
      documents.map((document) => document.invoiceId),
    );
    const going = await this.stillGoing(documents.map((document) => document.id));
    const members = documents
      .filter((document) => going.has(document.id))
      .map((document, position) => ({ ...document, memberKey: `m${position + 1}`, position, saidTaken: false }));
    if (members.length === 0) return undefined;
    const batch = await this.insert(connectionId, kind, members, leaseMs);
    await this.postings.beginMembers(batch.id, members);
    return { batch, members };
  }

  private async stillGoing(ids: readonly string[]): Promise<Set<string>> {
    const alive = await this.tx.query<{ id: string }>(
      `select p.id from posting p
       join approval a on a.tenant_id = p.tenant_id and a.id = p.approval_id and a.state = 'standing'
       join invoice i on i.tenant_id = p.tenant_id and i.id = p.invoice_id and i.state = 'approved'
       join connection l on l.tenant_id = p.tenant_id and l.id = p.connection_id and l.posting_mode = 'live'
       where p.tenant_id = $1 and p.id = any($2) and p.state = 'planned' and ${MAY_WRITE} order by p.id for update of p`,
      [this.tx.tenantId, ids],
    );
    return new Set(alive.map(({ id }) => id));
  }

  private async insert(
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

  /**
   * After an answer, or when it was clear that none would come. Frozen while a member is unknown: then the quarantine counts
   * from now, since the request may have waited for its turn long after it was committed.
   */
  async answered(id: string, transportFailure: boolean, leaseMs: number): Promise<void> {
    const leaseUntil = this.clock.later(leaseMs);
    await this.tx.rows(PostingBatchEntity).update({ tenantId: this.tx.tenantId, id }, { transportFailure, leaseUntil });
    await this.close(id);
  }

  /** Frozen while one of its members is unknown; else over. @param ended 'dissolved' when members were planned anew */
  async close(id: string, ended: 'settled' | 'dissolved' = 'settled'): Promise<void> {
    // In one statement: the count and what follows from it belong together.
    await this.tx.execute(
      `update posting_batch b set state = case when open.unknown > 0 then 'frozen' else $4 end,
              settled_at = case when open.unknown > 0 then null else $3::timestamptz end
       from (select count(*) as unknown from posting where tenant_id = $1 and batch_id = $2 and state in ('unknown', 'sending')) open
       where b.tenant_id = $1 and b.id = $2`,
      [this.tx.tenantId, id, this.clock.now(), ended],
    );
  }

  /** What a process that died left on the wire: nobody can say how it ended, nor when it was really sent. Holding its lease. */
  async admitUnknown(connectionId: string, leaseMs: number): Promise<void> {
    const now = this.clock.now();
    const cause = 'The process that sent this died before the answer came.';
    const dead = await this.tx.query<{ id: string }>(
      `update posting_batch set state = 'frozen', transport_failure = true, lease_until = $4
       where tenant_id = $1 and connection_id = $2 and state = 'sending' and lease_until < $3 returning id`,
      [this.tx.tenantId, connectionId, now, this.clock.later(leaseMs)],
    );
    await this.postings.loseSightOfBatches(
      dead.map(({ id }) => id),
      cause,
    );
    await this.postings.loseSightOfSingles(connectionId, new Date(now.getTime() - leaseMs), cause);
  }

  async frozen(connectionId: string): Promise<PostingBatchEntity[]> {
    return await this.tx
      .rows(PostingBatchEntity)
      .find({ where: { tenantId: this.tx.tenantId, connectionId, state: 'frozen' }, order: { firstSentAt: 'ASC', id: 'ASC' } });
  }

  /** All members in the order of sending, and which of them are still unknown. */
  async members(id: string): Promise<{ all: BatchMember[]; unknown: Set<string> }> {
    const rows = await this.tx.query<BatchMember & { state: string }>(
      `select id, invoice_id as "invoiceId", sent_number as number, sent_body as body, member_key as "memberKey", batch_position as position,
              coalesce(vendor_code = '${NUMBER_TAKEN}', false) as "saidTaken", state
       from posting where tenant_id = $1 and batch_id = $2 order by batch_position`,
      [this.tx.tenantId, id],
    );
    return { all: rows, unknown: new Set(rows.filter((row) => row.state === 'unknown').map((row) => row.id)) };
  }

  /** Commits that the same bytes go out once more. False when anything says stop, or when it is no longer frozen. */
  async beginReplay(id: string, leaseMs: number): Promise<boolean> {
    const begun = await this.tx.execute(
      `update posting_batch p set sends = p.sends + 1, lease_until = $3 where p.tenant_id = $1 and p.id = $2 and p.state = 'frozen' and ${MAY_WRITE}`,
      [this.tx.tenantId, id, this.clock.later(leaseMs)],
    );
    return begun === 1;
  }
}

/** Over the members in order: a batch is re-sent only if it is byte for byte the one that was sent. */
export function membersHash(members: readonly { memberKey: string; body: string }[]): string {
  const hash = createHash('sha256');
  for (const member of members) hash.update(`${member.memberKey}\n${member.body}\n`);
  return hash.digest('hex');
}
