import { ROLES, type Role } from '../../domain/role.js';
import { roleLabel } from '../../identity/role-label.js';
import type { RoleChoice } from './settings-view.js';

const HELP: Readonly<Record<Role, string>> = {
  read_only: 'sees and downloads, no costs',
  member: 'reviews, approves, rejects',
  admin: 'also connections, brand, posting, members',
  owner: 'everything, also roles, keys and going live',
};

/** From the least to the most. @param upTo the highest that is offered */
export function roleChoices(upTo: Role = 'owner'): RoleChoice[] {
  return ROLES.slice(0, ROLES.indexOf(upTo) + 1).map((value) => ({ value, label: roleLabel(value), help: HELP[value] }));
}
