import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Actor, Caller } from '../../storage/actor.js';
import { AuditList, type AuditFilter } from '../../storage/repositories/audit-list.js';
import { TenantTransaction } from '../../storage/tenant-transaction.js';
import { pageOf, readCursor, type Page, type PageRequest } from './page.js';

/** Who did what, when. `at` is an ISO instant. */
export interface AuditItem {
  id: string;
  at: string;
  actor: { kind: Actor['kind']; id: string; label: string };
  /** Dotted, past tense: 'invoice.approved'. */
  action: string;
  subject: { kind: string; id: string };
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  sourceIp?: string;
}

const cursorShape = z.tuple([z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?$/), z.uuid()]);

@Injectable()
export class AuditReading {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly events: AuditList,
  ) {}

  /** Newest first. */
  async list(caller: Caller, request: AuditFilter & PageRequest): Promise<Page<AuditItem>> {
    const after = readCursor(request.cursor, cursorShape);
    const rows = await this.tx.run(caller.tenantId, () =>
      this.events.page(request, request.limit + 1, after && { at: after[0], id: after[1] }),
    );
    return pageOf(
      rows,
      request.limit,
      (row) => [row.atKey, row.id],
      (row) => ({
        id: row.id,
        at: row.at.toISOString(),
        actor: { kind: row.actorKind, id: row.actorId, label: row.actorLabel },
        action: row.action,
        subject: { kind: row.subjectKind, id: row.subjectId },
        ...(row.before && { before: { ...row.before } }),
        ...(row.after && { after: { ...row.after } }),
        ...(row.sourceIp && { sourceIp: row.sourceIp }),
      }),
    );
  }
}
