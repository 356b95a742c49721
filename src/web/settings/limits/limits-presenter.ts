import { Injectable } from '@nestjs/common';
import { ADJUSTABLE, effectiveAccess, type Adjustable, type Limits } from '../../../domain/access.js';
import { permissionsOf, type Role } from '../../../domain/role.js';
import { limitsFrom } from '../../../identity/limits.js';
import { LimitChoices, MOST_CUSTOMERS } from '../../../identity/limit-choices.js';
import type { CustomerChoices, LimitFields, MemberPage } from './limits-view.js';
import { SWITCH_VALUES } from './limits-form.js';

const SWITCHES: Readonly<Record<Adjustable, { label: string; help: string }>> = {
  'cost.read': { label: 'See cost and margin', help: 'Without it no page, file or answer shows what something cost.' },
  'posting.manage': { label: 'Post to the ledger', help: 'Retry, skip and resolve postings.' },
  'connection.manage': { label: 'Manage connections', help: 'Connect, disconnect and set up systems.' },
};

/** Puts limits into the fields of a form. */
@Injectable()
export class LimitFieldsOf {
  constructor(private readonly choices: LimitChoices) {}

  /** @param typed amounts as they were typed, where they were not taken */
  async limits(tenantId: string, limits: Limits, editable: boolean, typed?: LimitFields['amounts']): Promise<LimitFields> {
    const [customers, locations, currencies] = await Promise.all([
      this.customers(tenantId, limits.customers, '', editable),
      this.choices.locations(tenantId),
      this.choices.currencies(tenantId),
    ]);
    const upTo = limits.approveUpTo ?? {};
    const known = new Set(locations.map(({ value }) => value));
    const hidden = limits.locations.filter((value) => !known.has(value)).map((value) => ({ value, label: 'A location that is gone' }));
    return {
      amountLimited: limits.approveUpTo !== null || typed !== undefined,
      amounts: typed ?? [...new Set([...currencies, ...Object.keys(upTo)])].map((currency) => ({ currency, amount: upTo[currency] ?? '' })),
      customers,
      locations: [...locations, ...hidden].map((choice) => ({ ...choice, checked: limits.locations.includes(choice.value) })),
    };
  }

  async customers(tenantId: string, ticked: readonly string[], search: string, editable: boolean): Promise<CustomerChoices> {
    const [named, all] = await Promise.all([this.choices.named(tenantId, ticked), this.choices.customers(tenantId, search)]);
    const found = all.filter(({ value }) => !ticked.includes(value));
    return { ticked: named, found: found.slice(0, MOST_CUSTOMERS), search, more: all.length > MOST_CUSTOMERS, editable };
  }
}

/** What is more than the role includes is offered to owners alone, and where it was given already. */
export function switchesOf(viewer: Role, role: Role, adjusted: Limits['adjusted']): MemberPage['switches'] {
  const standard = permissionsOf(role);
  return ADJUSTABLE.map((name) => {
    const included = standard.includes(name);
    const now = adjusted[name] === undefined ? 'role' : adjusted[name] ? 'always' : 'never';
    const labels = { role: `As the role says: ${included ? 'yes' : 'no'}`, always: 'Always', never: 'Never' };
    const offered = SWITCH_VALUES.filter((value) => value !== 'always' || included || viewer === 'owner' || now === 'always');
    return { name, ...SWITCHES[name], choices: offered.map((value) => ({ value, label: labels[value], selected: value === now })) };
  });
}

/** The same as a field of a row. A key has no switches: its scopes say it. */
export function limitsLine(stored: unknown, role?: Role): { limits?: string } {
  const words = limitsInWords(role ?? 'read_only', limitsFrom(stored));
  return words === undefined ? {} : { limits: words };
}

/** One line for lists: what is less, or more, than the role; undefined for somebody as the role says. */
function limitsInWords(role: Role, limits: Limits): string | undefined {
  if (role === 'owner') return undefined;
  const { approveUpTo, customers, locations } = effectiveAccess(role, limits);
  const amounts = Object.entries(approveUpTo ?? {}).map(([currency, amount]) => `${amount} ${currency}`);
  const standard = permissionsOf(role);
  const parts = [
    ...ADJUSTABLE.filter((name) => limits.adjusted[name] === false && standard.includes(name)).map((name) => `no ${SHORT[name]}`),
    ...ADJUSTABLE.filter((name) => limits.adjusted[name] === true && !standard.includes(name)).map((name) => `also ${SHORT[name]}`),
    ...(approveUpTo === null ? [] : [amounts.length > 0 ? `approves up to ${amounts.join(', ')}` : 'approves nothing']),
    ...(customers.length > 0 ? [counted(customers.length, 'customer')] : []),
    ...(locations.length > 0 ? [counted(locations.length, 'location')] : []),
  ];
  return parts.length > 0 ? parts.join(' · ') : undefined;
}

const SHORT: Readonly<Record<Adjustable, string>> = {
  'cost.read': 'costs',
  'posting.manage': 'posting',
  'connection.manage': 'connections',
};

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
