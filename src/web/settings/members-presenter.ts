import { ROLES, type Role } from '../../domain/role.js';
import { roleLabel } from '../../identity/role-label.js';
import type { Members } from '../../identity/members.js';
import { initials } from '../shell/initials.js';
import { limitsLine } from './limits/limits-presenter.js';
import { roleChoices } from './role-choices.js';
import type { MembersPage, SettingsFrame } from './settings-view.js';

export interface MembersFacts {
  members: Awaited<ReturnType<Members['list']>>;
  invitations: Awaited<ReturnType<Members['invitations']>>;
  viewer: { role: Role; personId?: string };
  now: Date;
  typedEmail?: string | undefined;
}

/** Whoever touches an owner must be one; nobody removes themselves by accident. */
export function membersFields({
  members,
  invitations,
  viewer,
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
      expiresAt: expiresAt.toISOString(),
      expired: expiresAt <= now,
      withdrawable: mayTouch(role),
    })),
    typedEmail,
    roles: roleChoices(),
    invitable: roleChoices(viewer.role),
  };
}
