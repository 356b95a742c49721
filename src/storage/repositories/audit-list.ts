import { Injectable } from '@nestjs/common';
import type { AuditEventRow } from '../rows/tenant-rows.js';
import { TenantTransaction } from '../tenant-transaction.js';

export interface AuditFilter {
  /** 'invoice', 'posting', 'connection' … */
  subjectKind?: string;
  subjectId?: string;
  action?: string;
}

/** Place of an event: its instant to the microsecond, as Postgres writes it, since a Date would cut it. */
export interface AuditKey {
  at: string;
  id: string;
}

export type ListedEvent = Omit<AuditEventRow, 'tenantId'> & { atKey: string };

const LISTED = `select id, at, at::text as "atKey", actor_kind as "actorKind", actor_id as "actorId", actor_label as "actorLabel", action,
  subject_kind as "subjectKind", subject_id as "subjectId", before, after, source_ip as "sourceIp", category from audit_event`;

@Injectable()
export class AuditList {
  constructor(private readonly tx: TenantTransaction) {}

  /** Newest first. */
  async page(filter: AuditFilter, limit: number, after?: AuditKey): Promise<ListedEvent[]> {
    const parameters: unknown[] = [this.tx.tenantId];
    const where = ['tenant_id = $1'];
    const value = (one: unknown): string => `$${parameters.push(one)}`;
    if (filter.subjectKind) where.push(`subject_kind = ${value(filter.subjectKind)}`);
    if (filter.subjectId) where.push(`subject_id = ${value(filter.subjectId)}`);
    if (filter.action) where.push(`action = ${value(filter.action)}`);
    if (after) where.push(`(at, id) < (${value(after.at)}::timestamptz, ${value(after.id)}::uuid)`);
    return await this.tx.query(`${LISTED} where ${where.join(' and ')} order by at desc, id desc limit ${value(limit)}`, parameters);
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
