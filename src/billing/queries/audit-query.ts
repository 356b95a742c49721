import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { isDay } from '../../platform/http/date-input.js';
import type { Actor, Caller } from '../../database/audit/actor.js';
import { AuditRows, type AuditFilter, type ListedEvent } from './audit-rows.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { AuditInspector, type ChainState } from '../../database/audit/audit-inspector.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { pageOf, readCursor, type Page, type PageRequest } from './page.js';

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
    private readonly events: AuditRows,
    private readonly inspector: AuditInspector,
    private readonly audit: AuditLog,
  ) {}

  /** Newest first. */
  async list(caller: Caller, request: AuditFilter & PageRequest): Promise<Page<AuditItem>> {
    const after = readCursor(request.cursor, cursorShape);
    const rows = await this.tx.run(caller.tenantId, () =>
      this.events.page(request, request.limit + 1, after && { at: after[0], id: after[1] }),
    );
    return pageOf(rows, request.limit, (row) => [row.atKey, row.id], itemOf);
  }

  /** All that the filter lets through, newest first, read in slices so that nobody holds it all at once. */
  async *all(caller: Caller, filter: AuditFilter): AsyncGenerator<AuditItem> {
    let after: { at: string; id: string } | undefined;
    do {
      const rows: ListedEvent[] = await this.tx.run(caller.tenantId, () => this.events.page(filter, SLICE, after));
      yield* rows.map(itemOf);
      const last = rows.at(-1);
      after = rows.length === SLICE && last ? { at: last.atKey, id: last.id } : undefined;
    } while (after);
  }

  /** By id, for those of these invoices that exist. */
  async invoiceNumbers(caller: Caller, ids: readonly string[]): Promise<Map<string, string>> {
    const real = ids.filter((id) => z.uuid().safeParse(id).success);
    return real.length === 0 ? new Map() : await this.tx.run(caller.tenantId, () => this.events.invoiceNumbers(real));
  }

  async chain(caller: Caller): Promise<ChainState> {
    return await this.inspector.stateOf(caller.tenantId);
  }

  /** Walks the chain now. @returns false when somebody is walking it already */
  async verify(caller: Caller): Promise<boolean> {
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
