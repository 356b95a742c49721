import { z } from 'zod';
import { ADJUSTABLE, effectiveAccess, isWithin, NO_LIMITS, type EffectiveAccess, type Limits } from '../domain/access.js';
import { ROLES, type Role } from '../domain/role.js';
import { IdentityRefusal } from './identity-refusal.js';

const amount = z.string().regex(/^\d{1,15}(\.\d{1,4})?$/, 'Write an amount like 1000 or 1000.50.');
const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** As kept in `membership.limits`, `invitation.limits` and `api_key.limits`; what is absent is not limited. */
export const limitsSchema = z.strictObject({
  adjusted: z.partialRecord(z.enum(ADJUSTABLE), z.boolean()).default({}),
  approveUpTo: z
    .record(z.string().regex(/^[A-Z]{3}$/), amount)
    .nullable()
    .default(null),
  customers: z.array(uuid).max(500).default([]),
  locations: z
    .array(z.string().regex(/^[0-9a-f-]{36}\/.{1,200}$/))
    .max(500)
    .default([]),
});

/** @throws ZodError for what this version cannot read: access is never given on a guess */
export function limitsFrom(stored: unknown): Limits {
  return limitsSchema.parse(stored ?? {}) as Limits;
}

interface Limiting extends Partial<EffectiveAccess> {
  role: Role;
  personId?: string;
}

/** What the one who asks has themselves; an operator, for whom nobody worked it out, has what their role says. */
function own({ role, permissions, approveUpTo = null, customers = [], locations = [] }: Limiting): EffectiveAccess {
  return permissions ? { permissions, approveUpTo, customers, locations } : effectiveAccess(role);
}

/**
 * An owner gives and takes; an admin restricts those below them, gives back what a role includes, and never gives anybody
 * more than they have themselves, so that nobody climbs over another person.
 */
export function refuseLimiting(admin: Limiting, target: { personId: string; role: Role; limits: Limits }, wanted: Limits): void {
  const reason = whyNotLimited(admin, target);
  if (reason !== undefined) throw refused(reason);
  if (admin.role === 'owner') return;
  const standard = effectiveAccess(target.role);
  const granted = ADJUSTABLE.filter((permission) => wanted.adjusted[permission] === true && !standard.permissions.includes(permission));
  if (granted.some((permission) => target.limits.adjusted[permission] !== true)) {
    throw refused('Only an owner may give somebody more than their role includes.');
  }
  const after = effectiveAccess(target.role, wanted);
  if (isWithin(after, effectiveAccess(target.role, target.limits)) || isWithin(after, own(admin))) return;
  throw refused('You cannot give somebody more than you have yourself. Ask an owner.');
}

/** Why somebody who manages members has no say about this one's limits, whatever they would be. */
export function whyNotLimited(admin: Limiting, target: { personId: string; role: Role }): string | undefined {
  if (target.role === 'owner') return 'An owner cannot be limited. Change their role first.';
  if (admin.role === 'owner') return undefined;
  if (target.personId === admin.personId) return 'Nobody limits themselves. Ask an owner.';
  return ROLES.indexOf(target.role) >= ROLES.indexOf(admin.role) ? 'Only an owner may limit an admin.' : undefined;
}

/** Whoever is limited would get around it by a second account. */
export function refuseInviting(admin: Limiting, role: Role, limits: Limits = NO_LIMITS): void {
  if (admin.role === 'owner') return;
  const after = effectiveAccess(role, limits);
  if (isWithin(after, effectiveAccess(role)) && isWithin(after, own(admin))) return;
  throw refused('You cannot invite somebody to more than you have yourself. Ask an owner to invite them.');
}

function refused(sentence: string): IdentityRefusal {
  return new IdentityRefusal('owner_only', sentence);
}
