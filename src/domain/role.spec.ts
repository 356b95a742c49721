import { describe, expect, it } from 'vitest';
import { may, PERMISSIONS, permissionsOf, ROLES, type Permission, type Role } from './role.js';

const READ_ONLY: Permission[] = ['invoice.read', 'posting.read', 'connection.read', 'settings.read'];
const MEMBER: Permission[] = ['cost.read', 'invoice.review', 'sync.run'];
const ADMIN: Permission[] = [
  'invoice.approve_for_all',
  'posting.manage',
  'connection.manage',
  'settings.manage',
  'member.manage',
  'audit.read',
];
const EXPECTED: Record<Role, Permission[]> = {
  read_only: READ_ONLY,
  member: [...READ_ONLY, ...MEMBER],
  admin: [...READ_ONLY, ...MEMBER, ...ADMIN],
  owner: [...PERMISSIONS],
};

describe.each(ROLES)('%s', (role) => {
  it.each(PERMISSIONS)('and %s', (permission) => {
    expect(may({ role }, permission)).toBe(EXPECTED[role].includes(permission));
  });

  it('has them in the order in which they are listed', () => {
    expect(permissionsOf(role)).toEqual(PERMISSIONS.filter((permission) => EXPECTED[role].includes(permission)));
  });
});

it('what was worked out for somebody stands before their role, whether it is more or less', () => {
  expect(may({ role: 'owner', permissions: [] }, 'invoice.read')).toBe(false);
  expect(may({ role: 'read_only', permissions: ['cost.read'] }, 'cost.read')).toBe(true);
});
