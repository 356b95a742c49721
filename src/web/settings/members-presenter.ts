import { ROLES, type Role } from '../../domain/role.js';
import { roleLabel } from '../../identity/role-label.js';
import type { Members } from '../../identity/members.js';
import { initials } from '../shell/initials.js';
import { limitsLine } from './limits/limits-presenter.js';
import { roleChoices } from './role-choices.js';
import type { StaffOverview } from '../../identity/staff-directory.js';
import type { MembersPage, SettingsFrame, StaffSection } from './settings-view.js';

export interface MembersFacts {
  members: Awaited<ReturnType<Members['list']>>;
  invitations: Awaited<ReturnType<Members['invitations']>>;
  viewer: { role: Role; personId?: string };
  /** Who is inactive there, and, for those who may invite, who could be. */
  staff: StaffOverview;
  source?: { label: string } | undefined;
  mayInvite: boolean;
  now: Date;
  typedEmail?: string | undefined;
}

/** Whoever touches an owner must be one; nobody removes themselves by accident. */
export function membersFields({
  members,
  invitations,
  viewer,
  staff,
  source,
  mayInvite,
  now,
  typedEmail = '',
}: MembersFacts): Omit<MembersPage, keyof SettingsFrame> {
  const mayTouch = (role: Role) => ROLES.indexOf(role) <= ROLES.indexOf(viewer.role);
  return {
    members: members.map(({ personId, name, email, role, lastSeenAt, limits }) => ({
      id: personId,
      name,
      email,
      initials: initials(name),
      role,
      roleLabel: roleLabel(role),
      ...(lastSeenAt && { lastSeenAt: lastSeenAt.toISOString() }),
      inactive: staff.inactive.has(email),
      you: personId === viewer.personId,
      removable: personId !== viewer.personId && mayTouch(role),
      ...limitsLine(limits, role),
    })),
    rolesEditable: viewer.role === 'owner',
    invitations: invitations.map(({ id, email, role, invitedBy, expiresAt }) => ({
      id,
      email,
      roleLabel: roleLabel(role),
      from: invitedBy,
      inactive: staff.inactive.has(email),
      expiresAt: expiresAt.toISOString(),
      expired: expiresAt <= now,
      withdrawable: mayTouch(role),
    })),
    ...(mayInvite && { staff: staffSection(staff, source) }),
    typedEmail,
    roles: roleChoices(),
    invitable: roleChoices(viewer.role),
  };
}

function staffSection({ wasRead, notKnown, newcomers }: StaffOverview, source: { label: string } | undefined): StaffSection {
  return {
    ...(source && { source }),
    wasRead,
    ...(notKnown !== undefined && { notKnown }),
    people: newcomers.map(({ id, name, email, active, invitable }) => ({
      id,
      name,
      email: email ?? '',
      initials: initials(name),
      invitable,
      why: active ? 'No e-mail address there' : 'Inactive there',
    })),
    invitableCount: newcomers.filter(({ invitable }) => invitable).length,
  };
}
