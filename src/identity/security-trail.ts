import { Injectable } from '@nestjs/common';
import { AuditLog } from '../storage/audit-log.js';
import type { ResolvedSession } from '../storage/repositories/identity-sessions.js';
import { TenantTransaction } from '../storage/tenant-transaction.js';

export type SecurityAction =
  | 'security.confirmed'
  | 'security.factor_added'
  | 'security.factor_failed'
  | 'security.factor_removed'
  | 'security.recovery_codes_replaced'
  | 'session.ended_elsewhere'
  | 'session.ended_everywhere';

/** What happens to a person's account, in the audit of the tenant that they look at. */
@Injectable()
export class SecurityTrail {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly audit: AuditLog,
  ) {}

  /** Somebody who is in no tenant leaves no trace here: there is no log that could hold it. */
  async note(
    who: Pick<ResolvedSession, 'personId' | 'personName' | 'tenantId'>,
    sourceIp: string | undefined,
    event: { action: SecurityAction; after?: object },
  ): Promise<void> {
    const { personId, personName, tenantId } = who;
    if (tenantId === null) return;
    const actor = { kind: 'person', id: personId, label: personName, ...(sourceIp !== undefined && { sourceIp }) } as const;
    await this.tx.run(tenantId, () => this.audit.record(actor, { subject: { kind: 'person', id: personId }, ...event }));
  }
}
