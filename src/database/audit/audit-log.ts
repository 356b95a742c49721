import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { uuidv7 } from '../../platform/ids/uuidv7.js';
import type { Actor } from './actor.js';
import { AuditEventEntity } from './audit-event.entity.js';
import { TenantTransaction } from '../tenant-transaction.js';

export interface AuditEntry {
  /** Dotted, past tense: 'invoice.approved', 'posting.refused'. */
  action: string;
  subject: { kind: string; id: string };
  before?: object;
  after?: object;
}

/** Evidence, written in the transaction of what it tells. Never put a secret or a vendor payload into before / after. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  async record(actor: Actor, entry: AuditEntry): Promise<void> {
    await this.tx.rows(AuditEventEntity).insert({
      tenantId: this.tx.tenantId,
      id: uuidv7(),
      at: this.clock.now(),
      actorKind: actor.kind,
      actorId: actor.id,
      actorLabel: actor.label,
      action: entry.action,
      subjectKind: entry.subject.kind,
      subjectId: entry.subject.id,
      before: entry.before ?? null,
      after: entry.after ?? null,
      sourceIp: actor.sourceIp ?? null,
    });
  }
}
