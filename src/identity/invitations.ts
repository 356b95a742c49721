import { Injectable } from '@nestjs/common';
import type { Role } from '../domain/role.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import type { Emails } from '../platform/mail/email-templates.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { CredentialRepository } from './credential.repository.js';
import { PersonRepository, type InvitationKey } from './person.repository.js';
import { InvitationEntity } from './invitation.entity.js';
import { TenantSettingsEntity } from './tenant-settings.entity.js';
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
      const now = this.clock.now();
      const invitation = await this.tx.rows(InvitationEntity).findOneBy({ tenantId, id: invitationId });
      if (!invitation || invitation.acceptedAt || invitation.withdrawnAt || invitation.expiresAt <= now) return undefined;
      await this.credentials.revoke('invitation', invitationId);
      await this.credentials.register('invitation', sha256(token), invitationId);
      const settings = await this.tx.rows(TenantSettingsEntity).findOneByOrFail({ tenantId });
      return {
        tenant: settings.name,
        from: invitation.invitedBy,
        roleLabel: roleLabel(invitation.role),
        href: linkOf(this.config.publicUrl, 'invitation', token),
        days: Math.ceil((invitation.expiresAt.getTime() - now.getTime()) / DAY_MS),
      };
    });
  }

  /** Makes the person a member. False when somebody was faster or the invitation has ended. */
  async accept({ tenantId, invitationId }: InvitationKey, personId: string, ownName: string): Promise<boolean> {
    return await this.tx.run(tenantId, async () => {
      const now = this.clock.now();
      const taken = await this.tx.execute(
        `update invitation set accepted_at = $3, accepted_by = $4
         where tenant_id = $1 and id = $2 and accepted_at is null and withdrawn_at is null and expires_at > $3`,
        [tenantId, invitationId, now, personId],
      );
      if (taken === 0) return false;
      const { email, name, role, psaMember, limits } = await this.tx.rows(InvitationEntity).findOneByOrFail({ tenantId, id: invitationId });
      const shown = name ?? ownName;
      await this.tx.execute(
        `insert into membership (tenant_id, person_id, email, name, role, psa_member, joined_at, limits)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict do nothing`,
        [tenantId, personId, email, shown, role, psaMember, now, JSON.stringify(limits)],
      );
      await this.credentials.revoke('invitation', invitationId);
      const actor = { kind: 'person', id: personId, label: shown } as const;
      await this.audit.record(actor, { action: 'member.joined', subject: { kind: 'person', id: personId }, after: { email, role } });
      return true;
    });
  }

  private async open({ tenantId, invitationId }: InvitationKey): Promise<OpenInvitation> {
    return await this.tx.run(tenantId, async () => {
      const row = await this.tx.rows(InvitationEntity).findOneByOrFail({ tenantId, id: invitationId });
      const settings = await this.tx.rows(TenantSettingsEntity).findOneByOrFail({ tenantId });
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

export const INVITATION_DAYS = 14;

/** A new row, not yet inserted. */
export function newInvitation(
  wanted: Pick<InvitationEntity, 'tenantId' | 'email' | 'name' | 'role' | 'psaMember' | 'limits' | 'invitedBy'>,
  now: Date,
): InvitationEntity {
  return {
    ...wanted,
    id: uuidv7(),
    linkBy: 'email',
    createdAt: now,
    expiresAt: new Date(now.getTime() + INVITATION_DAYS * DAY_MS),
    acceptedAt: null,
    acceptedBy: null,
    withdrawnAt: null,
  };
}
