import { z } from 'zod';
import { ADJUSTABLE, type Adjustable, type Limits } from '../../../domain/access.js';
import { IdentityRefusal } from '../../../identity/identity-refusal.js';
import { limitsSchema } from '../../../identity/limits.js';
import { several } from '../../http/shapes.js';

export const SWITCH_VALUES = ['role', 'always', 'never'] as const;

/** The fields that the pages of members and of keys share. */
export const limitFields = {
  approve: z.enum(['any', 'upTo']).default('any'),
  /** Side by side: the amount of each currency. */
  currency: several,
  amount: several,
  customer: several,
  location: several,
};

const onOff = z.enum(SWITCH_VALUES).default('role');
export const memberLimitsForm = z.object({ ...limitFields, 'cost.read': onOff, 'posting.manage': onOff, 'connection.manage': onOff });
export type MemberLimitsForm = z.infer<typeof memberLimitsForm>;
export type LimitsForm = Pick<MemberLimitsForm, keyof typeof limitFields>;

/** @throws IdentityRefusal with the sentence for the person who typed it */
export function readLimits(form: LimitsForm, adjusted: Limits['adjusted'] = {}): Limits {
  const amounts = form.currency.map((currency, index): [string, string] => [
    currency.trim().toUpperCase(),
    (form.amount[index] ?? '').trim().replaceAll(',', ''),
  ]);
  const named = amounts.filter(([, amount]) => amount !== '');
  for (const [currency, amount] of named) refuseUnreadable(currency, amount);
  const read = limitsSchema.safeParse({
    adjusted,
    approveUpTo: form.approve === 'any' ? null : Object.fromEntries(named),
    customers: [...new Set(form.customer)],
    locations: [...new Set(form.location)],
  });
  if (!read.success) throw new IdentityRefusal('bad_limits', 'These limits cannot be kept: name at most 500 customers and 500 locations.');
  return read.data as Limits;
}

export function adjustedOf(form: MemberLimitsForm): Limits['adjusted'] {
  const adjusted: Partial<Record<Adjustable, boolean>> = {};
  for (const permission of ADJUSTABLE) if (form[permission] !== 'role') adjusted[permission] = form[permission] === 'always';
  return adjusted;
}

function refuseUnreadable(currency: string, amount: string): void {
  if (!/^[A-Z]{3}$/.test(currency)) throw new IdentityRefusal('bad_limits', 'Write the currency as three letters, like USD.', 'amount');
  if (!/^\d{1,15}(\.\d{1,4})?$/.test(amount))
    throw new IdentityRefusal('bad_limits', `Write the amount in ${currency} like 1000 or 1000.50.`, 'amount');
}

/** As typed, for the page that says what is wrong with it: nothing of this is kept. */
export function typedLimits(form: LimitsForm, adjusted: Limits['adjusted'] = {}): Limits {
  const isId = (id: string) => z.uuid().safeParse(id).success;
  return { adjusted, approveUpTo: null, customers: form.customer.filter(isId), locations: form.location };
}

export function typedAmounts({ approve, currency, amount }: LimitsForm): { currency: string; amount: string }[] | undefined {
  if (approve === 'any') return undefined;
  return currency.map((code, index) => ({ currency: code, amount: amount[index] ?? '' })).filter((row) => row.currency !== '');
}
