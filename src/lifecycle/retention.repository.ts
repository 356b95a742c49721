import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import { RetentionRunEntity } from './retention.entity.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

/** What is older than these goes. Null: that kind is kept for ever. */
export interface Cutoffs {
  /** A calendar day of the tenant. */
  documentsBefore: string | null;
  rawBefore: Date;
  logsBefore: Date;
  auditBefore: Date | null;
}

export interface DueRows {
  kind: 'documents' | 'raw' | 'logs' | 'audit';
  target: string;
  rows: number;
  bytes: number;
  oldest: Date | null;
  newest: Date | null;
}

/** bigint: text on the JavaScript side. */
type Counted = Omit<DueRows, 'rows' | 'bytes'> & { rows: string; bytes: string };

const ENDED_JOBS = `j.data ->> 'tenantId' = $1 and j.state in ('completed', 'cancelled', 'failed') and j.completed_on < $2`;

/** The functions that count and delete by age. They work in the tenant of the transaction and pass over what is held. */
@Injectable()
export class RetentionRepository {
  constructor(private readonly tx: TenantTransaction) {}

  async preview({ documentsBefore, rawBefore, logsBefore, auditBefore }: Cutoffs): Promise<DueRows[]> {
    const rows = await this.tx.query<Counted>('select kind, target, rows, bytes, oldest, newest from retention_preview($1::date, $2, $3)', [
      documentsBefore,
      rawBefore,
      logsBefore,
    ]);
    const jobs = await this.countJobs(logsBefore);
    const audit = await this.countAudit(auditBefore);
    return [...jobs, ...rows, ...audit].map(inNumbers);
  }

  /** What there is of invoice content, whatever its age. */
  async content(): Promise<DueRows[]> {
    const rows = await this.tx.query<Counted>('select kind, target, rows, bytes, oldest, newest from content_left()');
    return rows.map(inNumbers).filter(({ rows: count }) => count > 0);
  }

  /** One batch of it, where none is to be kept. @returns rows by what they were; empty when nothing is left */
  async forgetBatch(batch: number): Promise<Record<string, number>> {
    const [row] = await this.tx.query<{ counts: Record<string, number> }>('select forget_content($1) as counts', [batch]);
    return row?.counts ?? {};
  }

  /** Whose time has come and that stay all the same. */
  async keptInvoices(before: string | null): Promise<{ because: 'hold' | 'unfinished'; rows: number }[]> {
    if (before === null) return [];
    return await this.tx.query('select because, rows::int as rows from kept_invoices($1::date)', [before]);
  }

  /** Raw payloads that nobody has looked at yet stay until somebody has. */
  async keptRaw(before: Date): Promise<number> {
    const [row] = await this.tx.query<{ count: number }>(
      `select count(*)::int as count from vendor_record where tenant_id = $1 and greatest(fetched_at, interpreted_at) < $2
         and (problem is not null or interpreted_at is null)`,
      [this.tx.tenantId, before],
    );
    return row?.count ?? 0;
  }

  /** One batch. @returns rows by table; empty when nothing is left */
  async deleteBatch({ documentsBefore, rawBefore, logsBefore }: Cutoffs, batch: number): Promise<Record<string, number>> {
    const [row] = await this.tx.query<{ counts: Record<string, number> }>('select retention_delete($1::date, $2, $3, $4) as counts', [
      documentsBefore,
      rawBefore,
      logsBefore,
      batch,
    ]);
    return row?.counts ?? {};
  }

  /** What needs its content still: invoices that are approved for a ledger, and documents on their way there. */
  async awaitingContent(): Promise<number> {
    const [row] = await this.tx.query<{ count: number }>(
      `select count(*)::int as count from (
         select id from invoice where tenant_id = $1 and state = 'approved'
         union select coalesce(invoice_id, id) from posting where tenant_id = $1 and operation in ('document', 'attachment', 'contact', 'item')
           and state in ('planned', 'sending', 'unknown')) waiting`,
      [this.tx.tenantId],
    );
    return row?.count ?? 0;
  }

  private async countJobs(before: Date): Promise<Counted[]> {
    return await this.tx.query(
      `select 'logs' as kind, 'job' as target, count(*) as rows, coalesce(sum(pg_column_size(j.*)), 0) as bytes,
         min(j.completed_on) as oldest, max(j.completed_on) as newest
       from pgboss.job j where ${ENDED_JOBS} and not tenant_is_held()`,
      [this.tx.tenantId, before],
    );
  }

  /** Only what is sealed goes, and any hold keeps all of it. */
  private async countAudit(before: Date | null): Promise<Counted[]> {
    return await this.tx.query(
      `select 'audit' as kind, 'audit_event' as target, count(*) as rows, coalesce(sum(pg_column_size(e.*)), 0) as bytes,
         min(e.at) as oldest, max(e.at) as newest
       from audit_event e join audit_seal s on s.tenant_id = e.tenant_id and s.event_id = e.id
       where e.tenant_id = $1 and s.sequence < coalesce(
           (select min(n.sequence) from audit_seal n where n.tenant_id = $1 and n.event_at >= $2), 'infinity'::float8)
         and $2::timestamptz is not null and not exists (select from legal_hold h where h.tenant_id = $1 and h.lifted_at is null)`,
      [this.tx.tenantId, before],
    );
  }

  /** Jobs that ended. The queue's own tables are not under row security, so the tenant is named. */
  async deleteJobs(before: Date): Promise<number> {
    return await this.tx.execute(`delete from pgboss.job j where ${ENDED_JOBS}`, [this.tx.tenantId, before]);
  }

  /** The run that waits or works already is the answer to a second wish. */
  async request(requestedBy: string, now: Date): Promise<{ run: RetentionRunEntity; isNew: boolean }> {
    const { tenantId } = this.tx;
    const row = { tenantId, id: uuidv7(), state: 'queued' as const, requestedBy, queuedAt: now };
    const made = await this.tx.execute(
      `insert into retention_run (tenant_id, id, state, requested_by, queued_at) values ($1, $2, 'queued', $3, $4) on conflict do nothing`,
      [tenantId, row.id, requestedBy, now],
    );
    const run = await this.tx
      .rows(RetentionRunEntity)
      .findOneByOrFail(made === 1 ? { tenantId, id: row.id } : { tenantId, state: In(['queued', 'running']) });
    return { run, isNew: made === 1 };
  }

  async find(id: string): Promise<RetentionRunEntity | null> {
    return await this.tx.rows(RetentionRunEntity).findOneBy({ tenantId: this.tx.tenantId, id });
  }

  async latest(count: number): Promise<RetentionRunEntity[]> {
    return await this.tx
      .rows(RetentionRunEntity)
      .find({ where: { tenantId: this.tx.tenantId }, order: { queuedAt: 'DESC', id: 'DESC' }, take: count });
  }

  async change(
    id: string,
    change: Partial<Pick<RetentionRunEntity, 'state' | 'expected' | 'kept' | 'problem' | 'startedAt' | 'heartbeatAt' | 'finishedAt'>>,
  ): Promise<void> {
    await this.tx.rows(RetentionRunEntity).update({ tenantId: this.tx.tenantId, id }, change);
  }

  /** Adds what a batch deleted, in that batch's own transaction: a run that dies has counted exactly what is gone. */
  async count(id: string, counts: Readonly<Record<string, number>>, now: Date): Promise<void> {
    await this.tx.execute(
      `update retention_run r set heartbeat_at = $4, deleted = r.deleted + (select coalesce(sum(value::bigint), 0) from jsonb_each_text($3::jsonb)),
         counts = (select coalesce(jsonb_object_agg(key, total), '{}') from (
           select key, sum(value::bigint) as total from (select * from jsonb_each_text(r.counts) union all select * from jsonb_each_text($3::jsonb)) both_of
           group by key) added)
       where r.tenant_id = $1 and r.id = $2`,
      [this.tx.tenantId, id, JSON.stringify(counts), now],
    );
  }
}

function inNumbers(row: Counted): DueRows {
  return { ...row, rows: Number.parseInt(row.rows, 10), bytes: Number.parseInt(row.bytes, 10) };
}
