export const ROLES = ['read_only', 'member', 'admin', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** Every handler names one of these. */
export const PERMISSIONS = [
  'invoice.read',
  'cost.read',
  'invoice.review',
  'invoice.approve_for_all',
  'posting.read',
  'posting.manage',
  'connection.read',
  'connection.manage',
  'settings.read',
  'settings.manage',
  'member.manage',
  'sync.run',
  'audit.read',
  'api_key.manage',
  'tenant.manage',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const READ_ONLY: readonly Permission[] = ['invoice.read', 'posting.read', 'connection.read', 'settings.read'];
const MEMBER: readonly Permission[] = [...READ_ONLY, 'cost.read', 'invoice.review', 'sync.run'];
const ADMIN: readonly Permission[] = [
  ...MEMBER,
  'invoice.approve_for_all',
  'posting.manage',
  'connection.manage',
  'settings.manage',
  'member.manage',
  'audit.read',
];
const OWNER: readonly Permission[] = [...ADMIN, 'api_key.manage', 'tenant.manage'];

const GRANTED: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  read_only: new Set(READ_ONLY),
  member: new Set(MEMBER),
  admin: new Set(ADMIN),
  owner: new Set(OWNER),
};

/** Who asks: their role, and what they effectively have where the access guard has worked it out (domain/access.ts). */
export interface Bearer {
  role: Role;
  permissions?: readonly Permission[];
}

export function may(who: Bearer, permission: Permission): boolean {
  return who.permissions ? who.permissions.includes(permission) : GRANTED[who.role].has(permission);
}

export function permissionsOf(role: Role): readonly Permission[] {
  return PERMISSIONS.filter((permission) => GRANTED[role].has(permission));
}
