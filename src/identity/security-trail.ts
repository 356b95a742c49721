import { Injectable } from '@nestjs/common';
import { AuditLog } from '../database/audit/audit-log.js';
import type { ResolvedSession } from './session.repository.js';
import { MembershipRepository } from './membership.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { OutgoingEmailRepository } from './emails/outgoing-email.repository.js';

export type SecurityAction =
  | 'security.confirmed'
  | 'security.factor_added'
  | 'security.factor_failed'
  | 'security.factor_removed'
  | 'security.factor_renamed'
  | 'security.recovery_codes_replaced'
  | 'session.ended_elsewhere'
  | 'session.ended_everywhere';

/** What a person is told by e-mail, because somebody else may have done it. */
export const FACTOR_NEWS = {
  passkeyAdded: 'A passkey was added to your account',
  passkeyRemoved: 'A passkey was removed from your account',
  authenticatorAdded: 'An authenticator app was added to your account',
  authenticatorRemoved: 'The authenticator app was removed from your account',
  codesMade: 'New recovery codes were made for your account',
  codeUsed: 'A recovery code was used to confirm your account',
} as const;

/** What happens to a person's account, in the audit of the tenant that they look at, and in their mailbox. */
@Injectable()
export class SecurityTrail {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly memberships: MembershipRepository,
    private readonly audit: AuditLog,
    private readonly emails: OutgoingEmailRepository,
  ) {}

  /** Somebody who is in no tenant leaves no trace here: there is no log that could hold it. */
  async note(
    who: Pick<ResolvedSession, 'personId' | 'personName' | 'tenantId'>,
    sourceIp: string | undefined,
    { news, ...event }: { action: SecurityAction; after?: object; news?: keyof typeof FACTOR_NEWS },
  ): Promise<void> {
    const { personId, personName, tenantId } = who;
    if (tenantId === null) return;
    const actor = { kind: 'person', id: personId, label: personName, ...(sourceIp !== undefined && { sourceIp }) } as const;
    await this.tx.run(tenantId, async () => {
      await this.audit.record(actor, { subject: { kind: 'person', id: personId }, ...event });
      if (news === undefined) return;
      const member = await this.memberships.find(personId);
      if (member) await this.emails.queue('factor_news', member.email, personId, FACTOR_NEWS[news]);
    });
  }
}
