import { Injectable } from '@nestjs/common';
import { NO_LIMITS, type EffectiveAccess, type Limits } from '../domain/access.js';
import { ROLES, type Role } from '../domain/role.js';
import type { Actor } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { CredentialRepository } from './credential.repository.js';
import type { InvitationEntity, MembershipEntity } from './membership.entity.js';
import { MembershipRepository } from './membership.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { emailAddress } from './email-address.js';
import { OutgoingEmailRepository } from './emails/outgoing-email.repository.js';
import { IdentityRefusal } from './identity-refusal.js';
import { InvitationRepository } from './invitation.repository.js';
import { StaffRepository } from './staff.repository.js';
import { limitsFrom, refuseInviting, refuseLimiting } from './limits.js';

/** Who asks for a change: the caller of a handler, or an operator with `role: 'owner'`. */
export interface MemberAdmin extends Partial<EffectiveAccess> {
  actor: Actor;
  tenantId: string;
  role: Role;
  personId?: string;
}

export interface WantedMember {
  email: string;
  role: Role;
  name?: string;
  /** The PSA's key of this staff member. */
  psaMember?: string;
  limits?: Limits;
  /** False for staff read from the PSA: they are expected, and not written to. */
  sendMail?: boolean;
}

/** The people of a tenant. Admins look after members; whoever touches an owner, or makes one, must be an owner. */
@Injectable()
export class Members {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly memberships: MembershipRepository,
    private readonly stored: InvitationRepository,
    private readonly staff: StaffRepository,
    private readonly emails: OutgoingEmailRepository,
    private readonly credentials: CredentialRepository,
    private readonly audit: AuditLog,
  ) {}

  async list(tenantId: string): Promise<MembershipEntity[]> {
    return await this.tx.run(tenantId, () => this.memberships.list());
  }

  /** Open ones; those that expired are still listed, so that somebody can send them again. */
  async invitations(tenantId: string): Promise<InvitationEntity[]> {
    return await this.tx.run(tenantId, () => this.stored.listUndecided());
  }

  /** Invites, or invites again: an open invitation of the address is replaced. @throws IdentityRefusal */
  async invite(admin: MemberAdmin, wanted: WantedMember): Promise<{ invitationId: string }> {
    const { tenantId, actor } = admin;
    const email = emailAddress(wanted.email);
    refuseAboveOwnRole(admin, wanted.role);
    const limits = wanted.limits ?? NO_LIMITS;
    refuseInviting(admin, wanted.role, limits);
    return await this.tx.run(tenantId, async () => {
      // Two who invite the same address at once: the second one replaces what the first one made.
      await this.stored.holdAddress(email);
      if (await this.memberships.hasAddress(email)) throw new IdentityRefusal('already_member', `${email} is a member already.`);
      const open = (await this.stored.listUndecided()).find((row) => row.email === email);
      if (open) await this.end(admin, open);
      const invitationId = await this.stored.add({
        email,
        name: wanted.name ?? open?.name ?? null,
        role: wanted.role,
        psaMember: wanted.psaMember ?? open?.psaMember ?? (await this.staff.keyOf(email)) ?? null,
        limits,
        invitedBy: actor.label,
      });
      if (wanted.sendMail !== false) await this.emails.queue('invitation', email, invitationId);
      await this.audit.record(actor, {
        action: 'member.invited',
        subject: { kind: 'invitation', id: invitationId },
        after: { email, role: wanted.role },
      });
      return { invitationId };
    });
  }

  async withdrawInvitation(admin: MemberAdmin, invitationId: string): Promise<void> {
    await this.tx.run(admin.tenantId, async () => {
      const open = (await this.stored.listUndecided()).find((row) => row.id === invitationId);
      if (!open) throw new IdentityRefusal('not_found', 'There is no such invitation, or it was accepted already.');
      await this.end(admin, open);
      await this.audit.record(admin.actor, {
        action: 'member.invitation_withdrawn',
        subject: { kind: 'invitation', id: invitationId },
        before: { email: open.email, role: open.role },
      });
    });
  }

  async changeRole(admin: MemberAdmin, personId: string, role: Role): Promise<void> {
    if (admin.role !== 'owner') throw new IdentityRefusal('owner_only', 'Only an owner may change roles.');
    await this.tx.run(admin.tenantId, async () => {
      const member = await this.lock(personId);
      if (member.role === role) return;
      if (member.role === 'owner') await this.refuseLastOwner();
      await this.memberships.change(personId, { role });
      await this.audit.record(admin.actor, {
        action: 'member.role_changed',
        subject: { kind: 'person', id: personId },
        before: { email: member.email, role: member.role },
        after: { email: member.email, role },
      });
    });
  }

  /** What this person may do beside their role, and of which invoices they know. Counts from their next request on. */
  async changeLimits(admin: MemberAdmin, personId: string, limits: Limits): Promise<void> {
    await this.tx.run(admin.tenantId, async () => {
      const member = await this.lock(personId);
      const before = limitsFrom(member.limits);
      refuseLimiting(admin, { personId, role: member.role, limits: before }, limits);
      await this.memberships.change(personId, { limits });
      await this.audit.record(admin.actor, {
        action: 'member.limits_changed',
        subject: { kind: 'person', id: personId },
        before: { email: member.email, limits: before },
        after: { email: member.email, limits },
      });
    });
  }

  async one(tenantId: string, personId: string): Promise<MembershipEntity> {
    return await this.tx.run(tenantId, async () => memberOrRefusal(await this.memberships.find(personId)));
  }

  /** Their sessions in this tenant end with the next request. */
  async remove(admin: MemberAdmin, personId: string): Promise<void> {
    await this.tx.run(admin.tenantId, async () => {
      const member = await this.lock(personId);
      refuseAboveOwnRole(admin, member.role);
      if (member.role === 'owner') await this.refuseLastOwner();
      await this.memberships.remove(personId);
      await this.audit.record(admin.actor, {
        action: 'member.removed',
        subject: { kind: 'person', id: personId },
        before: { email: member.email, role: member.role },
      });
    });
  }

  /** Their sessions in this tenant; those that they have in others are not this admin's. */
  async signOutEverywhere(admin: MemberAdmin, personId: string): Promise<void> {
    await this.tx.run(admin.tenantId, async () => {
      const member = await this.lock(personId);
      refuseAboveOwnRole(admin, member.role);
      await this.memberships.endSessionsHere(personId);
      await this.audit.record(admin.actor, { action: 'session.ended_by_admin', subject: { kind: 'person', id: personId } });
    });
  }

  private async end(admin: MemberAdmin, { id, role }: InvitationEntity): Promise<void> {
    refuseAboveOwnRole(admin, role);
    if (!(await this.stored.withdraw(id)))
      throw new IdentityRefusal('not_found', 'There is no such invitation, or it was accepted already.');
    await this.credentials.revoke('invitation', id);
  }

  private async lock(personId: string): Promise<MembershipEntity> {
    return memberOrRefusal(await this.memberships.lockWithOwners(personId));
  }

  private async refuseLastOwner(): Promise<void> {
    if ((await this.memberships.countOf('owner')) > 1) return;
    throw new IdentityRefusal('last_owner', 'This is the last owner. Make somebody else an owner first.');
  }
}

function memberOrRefusal(member: MembershipEntity | undefined): MembershipEntity {
  if (!member) throw new IdentityRefusal('not_found', 'This person is no member any more.');
  return member;
}

function refuseAboveOwnRole(admin: MemberAdmin, role: Role): void {
  if (ROLES.indexOf(role) <= ROLES.indexOf(admin.role)) return;
  throw new IdentityRefusal('owner_only', 'Only an owner may invite or remove an owner.');
}
