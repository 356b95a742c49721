import type { Customer } from '../../domain/customer.js';
import { cut, oneLine } from '../kit/plain-text.js';
import { LABEL } from './descriptor.js';
import { marked } from './marker.js';

const LONGEST_NAME = 500;
const LONGEST_LIST_NAME = 100;

/** What a name of a customer may hold: the colon separates levels of a name, tabs and new lines columns of a list. */
export function displayName(name: string): string {
  return cut(withoutColons(name), LONGEST_NAME);
}

/** The same for items, whose names are shorter. */
export function itemName(name: string): string {
  return cut(withoutColons(name), LONGEST_LIST_NAME);
}

/** Names are unique whatever their case. */
export function nameKey(name: string): string {
  return displayName(name).toLowerCase();
}

function withoutColons(name: string): string {
  return oneLine(name.replace(/\s*:\s*/g, ' - '));
}

/** Customers, vendors and employees share one set of names: such a customer gets this behind its own. */
export function suffixed(name: string): string {
  return `${cut(displayName(name), LONGEST_NAME - 4)} (C)`;
}

/** A new customer; whatever QuickBooks would choke on is left out, since a missing phone is no reason to hold back an invoice. */
export function customerCard(customer: Customer, marker: string, name: string): Record<string, unknown> {
  const own = displayName(customer.name);
  const email = customer.email?.trim();
  const phone = customer.phone?.trim();
  const why = name === own ? '' : ` A vendor or an employee in ${LABEL} is called "${cut(own, 200)}" too, hence the "(C)".`;
  return {
    DisplayName: name,
    CompanyName: cut(own, 100),
    PrintOnCheckName: cut(own, 110),
    ...(email && email.length <= 100 && /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/.test(email) && { PrimaryEmailAddr: { Address: email } }),
    ...(phone && phone.length <= 30 && { PrimaryPhone: { FreeFormNumber: phone } }),
    ...(customer.currency && { CurrencyRef: { value: customer.currency } }),
    BillAddr: billingAddress(customer.address),
    Notes: `${marked(marker)}${why}`,
  };
}

function billingAddress({ lines, city, state, postcode, country }: Customer['address']): Record<string, string> {
  const [first, second, third, fourth, ...rest] = lines.map((line) => cut(oneLine(line), 400));
  const fifth = cut(rest.join(', '), 400);
  return {
    ...(first && { Line1: first }),
    ...(second && { Line2: second }),
    ...(third && { Line3: third }),
    ...(fourth && { Line4: fourth }),
    ...(fifth && { Line5: fifth }),
    ...(city && { City: cut(oneLine(city), 255) }),
    ...(state && { CountrySubDivisionCode: cut(oneLine(state), 255) }),
    ...(postcode && { PostalCode: cut(oneLine(postcode), 30) }),
    ...(country && { Country: cut(oneLine(country), 255) }),
  };
}
