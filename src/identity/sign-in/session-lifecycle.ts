import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AuditLog } from '../../database/audit/audit-log.js';
import { MembershipRepository } from '../membership.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { Sessions } from '../sessions.js';
import type { Admitted } from './admission.js';
import { BeforeSignIn, ownPath } from './before-sign-in.js';

/** How every sign-in ends: a new session, its trace in the audit, and where to go. Signing out is the same backwards. */
@Injectable()
export class SessionLifecycle {
  constructor(
    private readonly sessions: Sessions,
    private readonly before: BeforeSignIn,
    private readonly tx: TenantTransaction,
    private readonly memberships: MembershipRepository,
    private readonly audit: AuditLog,
  ) {}

  /** @returns the path to redirect to */
  async enter(request: Request, response: Response, admitted: Admitted): Promise<string> {
    const { personId, proof, goesOn = false } = admitted;
    const { returnTo } = this.before.read(request);
    const opened = await this.sessions.open(request, response, admitted);
    this.before.forget(response);
    if (opened.tenantId === null) return '/sign-in/tenants';
    const after = { method: proof.method, issuer: proof.issuer, ...(goesOn && { switched: true }) };
    await this.note(request, opened.tenantId, personId, { action: 'session.opened', after });
    return ownPath(returnTo);
  }

  async leave(request: Request, response: Response): Promise<void> {
    const session = await this.sessions.resolve(request);
    await this.sessions.end(request, response);
    this.before.forget(response);
    if (session?.tenantId != null) await this.note(request, session.tenantId, session.personId, { action: 'session.ended' });
  }

  private async note(request: Request, tenantId: string, personId: string, event: { action: string; after?: object }): Promise<void> {
    await this.tx.run(tenantId, async () => {
      const member = await this.memberships.find(personId);
      const actor = {
        kind: 'person',
        id: personId,
        label: member?.name ?? 'Former member',
        ...(request.ip && { sourceIp: request.ip }),
      } as const;
      await this.audit.record(actor, { subject: { kind: 'person', id: personId }, ...event });
    });
  }
}
