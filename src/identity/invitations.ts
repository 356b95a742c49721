import { Injectable } from '@nestjs/common';
import type { Role } from '../domain/role.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import type { Emails } from '../platform/mail/email-templates.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { CredentialRepository } from './credential.repository.js';
import { PersonRepository, type InvitationKey } from './person.repository.js';
import { InvitationRepository } from './invitation.repository.js';
import { MembershipRepository } from './membership.repository.js';
import { TenantSettingsRepository } from './tenant-settings.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { roleLabel } from './role-label.js';
import { newSecret, sha256 } from './secret.js';
import { linkOf } from './sign-in/link.js';

/** What an invitation's page tells, and what accepting it needs to know. */
export interface OpenInvitation extends InvitationKey {
  tenantName: string;
  email: string;
  name: string | null;
  role: Role;
  invitedBy: string;
  linkBy: 'email' | 'operator';
}

const DAY_MS = 24 * 3_600_000;

/** Invitations by their links and keys; who is invited is decided in `Members`. */
@Injectable()
export class Invitations {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly stored: InvitationRepository,
    private readonly memberships: MembershipRepository,
    private readonly settings: TenantSettingsRepository,
    private readonly people: PersonRepository,
    private readonly credentials: CredentialRepository,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** The invitation behind a link, while it is open. */
  async byToken(token: string): Promise<OpenInvitation | undefined> {
    const key = await this.people.invitationBehind(sha256(token), this.clock.now());
    return key && (await this.open(key));
  }

  /** All open invitations of an address whose owner has just proved it. */
  async forProvenAddress(address: string): Promise<InvitationKey[]> {
    return await this.people.invitationsFor(address, this.clock.now());
  }

  /** A new link for the mail that is about to leave; links sent before stop working. */
  async issueLink(tenantId: string, invitationId: string): Promise<Emails['invitation'] | undefined> {
    const token = newSecret();
    return await this.tx.run(tenantId, async () => {
      const invitation = await this.stored.findOpen(invitationId);
      if (!invitation) return undefined;
      await this.credentials.revoke('invitation', invitationId);
      await this.credentials.register('invitation', sha256(token), invitationId);
      return {
        tenant: (await this.settings.get()).name,
        from: invitation.invitedBy,
        roleLabel: roleLabel(invitation.role),
        href: linkOf(this.config.publicUrl, 'invitation', token),
        days: Math.ceil((invitation.expiresAt.getTime() - this.clock.now().getTime()) / DAY_MS),
      };
    });
  }

  /** Makes the person a member. False when somebody was faster or the invitation has ended. */
  async accept({ tenantId, invitationId }: InvitationKey, personId: string, ownName: string): Promise<boolean> {
    return await this.tx.run(tenantId, async () => {
      if (!(await this.stored.accept(invitationId, personId))) return false;
      const { email, name, role, psaMember, limits } = await this.stored.get(invitationId);
      const shown = name ?? ownName;
      await this.memberships.add({ personId, email, name: shown, role, psaMember, limits, joinedAt: this.clock.now() });
      await this.credentials.revoke('invitation', invitationId);
      const actor = { kind: 'person', id: personId, label: shown } as const;
      await this.audit.record(actor, { action: 'member.joined', subject: { kind: 'person', id: personId }, after: { email, role } });
      return true;
    });
  }

  private async open({ tenantId, invitationId }: InvitationKey): Promise<OpenInvitation> {
    return await this.tx.run(tenantId, async () => {
      const row = await this.stored.get(invitationId);
      const settings = await this.settings.get();
      return {
        tenantId,
        invitationId,
        tenantName: settings.name,
        email: row.email,
        name: row.name,
        role: row.role,
        invitedBy: row.invitedBy,
        linkBy: row.linkBy,
      };
    });
  }
}
