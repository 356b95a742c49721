import { Injectable } from '@nestjs/common';
import type { AuditEventEntity } from '../../database/audit/audit-event.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

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
export interface AuditKey {
  at: string;
  id: string;
}

export type ListedEvent = Omit<AuditEventEntity, 'tenantId'> & { atKey: string };

const LISTED = `select id, at, at::text as "atKey", actor_kind as "actorKind", actor_id as "actorId", actor_label as "actorLabel", action,
  subject_kind as "subjectKind", subject_id as "subjectId", before, after, source_ip as "sourceIp", category from audit_event`;

@Injectable()
export class AuditRows {
  constructor(private readonly tx: TenantTransaction) {}

  /** Newest first. */
  async page(filter: AuditFilter, limit: number, after?: AuditKey): Promise<ListedEvent[]> {
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

  /** The numbers that people know invoices by. */
  async invoiceNumbers(ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.tx.query<{ id: string; number: string }>(
      'select id, number from invoice where tenant_id = $1 and id = any($2::uuid[])',
      [this.tx.tenantId, ids],
    );
    return new Map(rows.map(({ id, number }) => [id, number]));
  }

  /** Everything told about an invoice and its postings, oldest first. */
  async ofInvoice(invoiceId: string, postingIds: readonly string[]): Promise<ListedEvent[]> {
    return await this.tx.query(
      `${LISTED} where tenant_id = $1 and ((subject_kind = 'invoice' and subject_id = $2) or (subject_kind = 'posting'
        and subject_id = any($3))) order by at, id`,
      [this.tx.tenantId, invoiceId, postingIds],
    );
  }
}
