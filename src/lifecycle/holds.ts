import { Injectable } from '@nestjs/common';
import { notFound, Refusal } from '../domain/refusal.js';
import { Clock } from '../platform/clock/clock.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import type { Principal } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { LegalHoldRepository } from './legal-hold.repository.js';
import type { LegalHoldEntity } from './retention.entity.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

const LONGEST_REASON = 1_000;

export interface WantedHold {
  scope: LegalHoldEntity['scope'];
  /** Number of an invoice, name of a customer, or the id of either; ignored for the whole company. */
  subject: string;
  reason: string;
}

/** Legal holds: what stands under one is neither deleted nor made anonymous, whatever else says so. */
@Injectable()
export class Holds {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly holds: LegalHoldRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async list(tenantId: string): Promise<LegalHoldEntity[]> {
    return await this.tx.run(tenantId, () => this.holds.all());
  }

  async set(caller: Principal, wanted: WantedHold): Promise<string> {
    const reason = wanted.reason.trim();
    if (reason === '' || reason.length > LONGEST_REASON)
      throw new Refusal('invalid', 'Say why, so that somebody can tell later whether the hold may be lifted.', { field: 'reason' });
    return await this.tx.run(caller.tenantId, async () => {
      const { id: subjectId, label: subjectLabel } = await this.subject(wanted);
      const id = uuidv7();
      const { tenantId, actor } = caller;
      await this.holds.set({
        tenantId,
        id,
        scope: wanted.scope,
        subjectId,
        subjectLabel,
        reason,
        setById: actor.id,
        setByLabel: actor.label,
        setAt: this.clock.now(),
        liftedById: null,
        liftedByLabel: null,
        liftedAt: null,
      });
      await this.audit.record(actor, {
        action: 'data.hold_set',
        subject: { kind: 'legal_hold', id },
        after: { scope: wanted.scope, subject: subjectId, reason },
      });
      return id;
    });
  }

  async lift(caller: Principal, id: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const row = await this.holds.lift(id, caller.actor, this.clock.now());
      if (!row) throw notFound('This hold');
      await this.audit.record(caller.actor, {
        action: 'data.hold_lifted',
        subject: { kind: 'legal_hold', id },
        before: { scope: row.scope, subject: row.subjectId, reason: row.reason, setBy: row.setById },
      });
    });
  }

  private async subject({ scope, subject }: WantedHold): Promise<{ id: string | null; label: string }> {
    if (scope === 'tenant') return { id: null, label: 'Everything' };
    const found = await this.holds.subject(scope, subject.trim());
    if (found) return found;
    const what = scope === 'invoice' ? 'invoice with this number' : 'customer with exactly this name';
    throw new Refusal('invalid', `There is no ${what}. Copy it from the invoice and try again.`, { field: 'subject' });
  }
}
