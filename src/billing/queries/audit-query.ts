import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { isDay } from '../../platform/http/date-input.js';
import type { Actor, Principal } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { AuditInspector, type ChainState } from '../../database/audit/audit-inspector.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { pageOf, readCursor, type Page, type PageRequest } from './page.js';
import type { AuditEventEntity } from '../../database/audit/audit-event.entity.js';

export interface AuditFilter {
  /** 'invoice', 'posting', 'connection' … */
  subjectKind?: string;
  subjectId?: string;
  /** One word, or everything below it when it ends with a dot: 'invoice.' */
  action?: string;
  category?: 'business' | 'security';
  /** Id of a person, a key or a system. */
  actor?: string;
  /** Acted, or was acted upon. */
  person?: string;
  /** Instants; `to` is no longer part of it. */
  from?: string;
  to?: string;
}

/** Place of an event: its instant to the microsecond, as Postgres writes it, since a Date would cut it. */
interface AuditKey {
  at: string;
  id: string;
}

export type ListedEvent = Omit<AuditEventEntity, 'tenantId'> & { atKey: string };

const LISTED = `select id, at, at::text as "atKey", actor_kind as "actorKind", actor_id as "actorId", actor_label as "actorLabel", action,
  subject_kind as "subjectKind", subject_id as "subjectId", before, after, source_ip as "sourceIp", category from audit_event`;

/** Who did what, when. `at` is an ISO instant. */
export interface AuditItem {
  id: string;
  at: string;
  actor: { kind: Actor['kind']; id: string; label: string };
  /** Dotted, past tense: 'invoice.approved'. */
  action: string;
  category: 'business' | 'security';
  subject: { kind: string; id: string };
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  sourceIp?: string;
}

const SLICE = 500;
/** As Postgres writes an instant: '2026-11-02 08:00:00.123456+00'. */
const place = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d ([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,6})?[+-](0\d|1[0-4])(:[0-5]\d)?$/)
  .refine((text) => isDay(text.slice(0, 10)));
const cursorShape = z.tuple([place, z.uuid()]);

@Injectable()
export class AuditQuery {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly inspector: AuditInspector,
    private readonly audit: AuditLog,
  ) {}

  /** Newest first. */
  async list(caller: Principal, request: AuditFilter & PageRequest): Promise<Page<AuditItem>> {
    const after = readCursor(request.cursor, cursorShape);
    const rows = await this.tx.run(caller.tenantId, () => this.page(request, request.limit + 1, after && { at: after[0], id: after[1] }));
    return pageOf(rows, request.limit, (row) => [row.atKey, row.id], itemOf);
  }

  /** All that the filter lets through, newest first, read in slices so that nobody holds it all at once. */
  async *all(caller: Principal, filter: AuditFilter): AsyncGenerator<AuditItem> {
    let after: { at: string; id: string } | undefined;
    do {
      const rows: ListedEvent[] = await this.tx.run(caller.tenantId, () => this.page(filter, SLICE, after));
      yield* rows.map(itemOf);
      const last = rows.at(-1);
      after = rows.length === SLICE && last ? { at: last.atKey, id: last.id } : undefined;
    } while (after);
  }

  /** By id, for those of these invoices that exist. */
  async invoiceNumbers(caller: Principal, ids: readonly string[]): Promise<Map<string, string>> {
    const real = ids.filter((id) => z.uuid().safeParse(id).success);
    return real.length === 0 ? new Map() : await this.tx.run(caller.tenantId, () => this.numbersOf(real));
  }

  async chain(caller: Principal): Promise<ChainState> {
    return await this.inspector.stateOf(caller.tenantId);
  }

  /** Walks the chain now. @returns false when somebody is walking it already */
  async verify(caller: Principal): Promise<boolean> {
    const walked = await this.inspector.verify(caller.tenantId);
    if (!walked) return false;
    await this.tx.run(caller.tenantId, () =>
      this.audit.record(caller.actor, {
        action: 'audit.verified',
        subject: { kind: 'tenant', id: caller.tenantId },
        after: { links: walked.links, through: walked.through, problem: walked.problem },
      }),
    );
    return true;
  }

  /** Everything told about an invoice and its postings, oldest first; within the transaction of whoever asks. */
  async ofInvoice(invoiceId: string, postingIds: readonly string[]): Promise<ListedEvent[]> {
    return await this.tx.query(
      `${LISTED} where tenant_id = $1 and ((subject_kind = 'invoice' and subject_id = $2) or (subject_kind = 'posting'
        and subject_id = any($3))) order by at, id`,
      [this.tx.tenantId, invoiceId, postingIds],
    );
  }

  private async page(filter: AuditFilter, limit: number, after?: AuditKey): Promise<ListedEvent[]> {
    const parameters: unknown[] = [this.tx.tenantId];
    const where = ['tenant_id = $1'];
    const value = (one: unknown): string => `$${parameters.push(one)}`;
    if (filter.subjectKind) where.push(`subject_kind = ${value(filter.subjectKind)}`);
    if (filter.subjectId) where.push(`subject_id = ${value(filter.subjectId)}`);
    if (filter.action?.endsWith('.')) where.push(`starts_with(action, ${value(filter.action)})`);
    else if (filter.action) where.push(`action = ${value(filter.action)}`);
    if (filter.category) where.push(`category = ${value(filter.category)}`);
    if (filter.actor) where.push(`actor_id = ${value(filter.actor)}`);
    if (filter.person) {
      const person = value(filter.person);
      where.push(`(actor_id = ${person} or (subject_kind = 'person' and subject_id = ${person}))`);
    }
    if (filter.from) where.push(`at >= ${value(filter.from)}::timestamptz`);
    if (filter.to) where.push(`at < ${value(filter.to)}::timestamptz`);
    if (after) where.push(`(at, id) < (${value(after.at)}::timestamptz, ${value(after.id)}::uuid)`);
    return await this.tx.query(`${LISTED} where ${where.join(' and ')} order by at desc, id desc limit ${value(limit)}`, parameters);
  }

  private async numbersOf(ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.tx.query<{ id: string; number: string }>(
      'select id, number from invoice where tenant_id = $1 and id = any($2::uuid[])',
      [this.tx.tenantId, ids],
    );
    return new Map(rows.map(({ id, number }) => [id, number]));
  }
}

function itemOf(row: ListedEvent): AuditItem {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { kind: row.actorKind, id: row.actorId, label: row.actorLabel },
    action: row.action,
    category: row.category,
    subject: { kind: row.subjectKind, id: row.subjectId },
    ...(row.before && { before: { ...row.before } }),
    ...(row.after && { after: { ...row.after } }),
    ...(row.sourceIp && { sourceIp: row.sourceIp }),
  };
}
