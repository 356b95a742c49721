import { Decimal } from './money.js';
import { PERMISSIONS, permissionsOf, type Permission, type Role } from './role.js';

/** What can be switched on or off for one person, besides their role. No more than an owner has is ever among them. */
export const ADJUSTABLE = ['cost.read', 'posting.manage', 'connection.manage'] as const satisfies readonly Permission[];
export type Adjustable = (typeof ADJUSTABLE)[number];

/** What was decided about one membership or key, on top of the role. Empty means: as the role says. */
export interface Limits {
  adjusted: Readonly<Partial<Record<Adjustable, boolean>>>;
  /** By currency, the highest total that may be approved; a currency that is not named may not be approved. Null: no limit. */
  approveUpTo: Readonly<Record<string, string>> | null;
  /** Ids of customers; empty: all. */
  customers: readonly string[];
  /** '<source connection>/<the PSA's id>' of locations; empty: all. Both lists narrow. */
  locations: readonly string[];
}

export const NO_LIMITS: Limits = { adjusted: {}, approveUpTo: null, customers: [], locations: [] };

/** Which invoices somebody may know of. */
export type InvoiceScope = Pick<Limits, 'customers' | 'locations'>;

/** What somebody may do: role and limits together. */
export interface EffectiveAccess extends InvoiceScope {
  permissions: readonly Permission[];
  approveUpTo: Limits['approveUpTo'];
}

/** Role and limits together; the only place where they are. An owner is never limited: they could undo it themselves. */
export function effectiveAccess(role: Role, limits: Limits = NO_LIMITS): EffectiveAccess {
  if (role === 'owner') return { ...NO_SCOPE, permissions: permissionsOf(role), approveUpTo: null };
  const given = new Set(permissionsOf(role));
  for (const permission of ADJUSTABLE) {
    const wanted = limits.adjusted[permission];
    if (wanted === true) given.add(permission);
    if (wanted === false) given.delete(permission);
  }
  return {
    permissions: PERMISSIONS.filter((permission) => given.has(permission)),
    approveUpTo: limits.approveUpTo,
    customers: limits.customers,
    locations: limits.locations,
  };
}

const NO_SCOPE: InvoiceScope = { customers: [], locations: [] };

/** A key never has more than its role, and of that only the scopes it was made with. Null scopes: all of the role. */
export function keyAccess(role: Role, scopes: readonly Permission[] | null, limits: Limits = NO_LIMITS): EffectiveAccess {
  const { customers, locations, approveUpTo } = limits;
  const given = new Set(scopes ?? permissionsOf(role));
  return { permissions: permissionsOf(role).filter((permission) => given.has(permission)), approveUpTo, customers, locations };
}

/** Whether nobody gets more by `inner` than they have by `outer`. */
export function isWithin(inner: EffectiveAccess, outer: EffectiveAccess): boolean {
  return (
    inner.permissions.every((permission) => outer.permissions.includes(permission)) &&
    amountsWithin(inner.approveUpTo, outer.approveUpTo) &&
    listWithin(inner.customers, outer.customers) &&
    listWithin(inner.locations, outer.locations)
  );
}

function amountsWithin(inner: Limits['approveUpTo'], outer: Limits['approveUpTo']): boolean {
  if (outer === null) return true;
  if (inner === null) return false;
  return Object.entries(inner).every(([currency, amount]) => {
    const most = outer[currency];
    return most !== undefined && new Decimal(amount).lessThanOrEqualTo(most);
  });
}

function listWithin(inner: readonly string[], outer: readonly string[]): boolean {
  if (outer.length === 0) return true;
  return inner.length > 0 && inner.every((id) => outer.includes(id));
}

/** A credit of 2,000 is a decision of the same weight as an invoice of 2,000. */
export function mayApproveAmount(approveUpTo: Limits['approveUpTo'], amount: string, currency: string): boolean {
  if (approveUpTo === null) return true;
  const most = approveUpTo[currency];
  return most !== undefined && new Decimal(amount).abs().lessThanOrEqualTo(most);
}

export function isLimited({ customers, locations }: InvoiceScope): boolean {
  return customers.length > 0 || locations.length > 0;
}
