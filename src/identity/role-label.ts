import type { Role } from '../domain/role.js';

const LABELS: Readonly<Record<Role, string>> = { read_only: 'Read-only', member: 'Member', admin: 'Admin', owner: 'Owner' };

/** The role as people read it. */
export function roleLabel(role: Role): string {
  return LABELS[role];
}
