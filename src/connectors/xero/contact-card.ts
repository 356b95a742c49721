import { createHash } from 'node:crypto';
import { Address } from 'xero-node/dist/gen/model/accounting/address.js';
import type { Contact } from 'xero-node/dist/gen/model/accounting/contact.js';
import { Phone } from 'xero-node/dist/gen/model/accounting/phone.js';
import type { Customer } from '../../domain/customer.js';
import { cut, oneLine } from '../kit/plain-text.js';

const LONGEST_NAME = 255;
const LONGEST_NUMBER = 50;
const LONGEST_PHONE = 50;

/** What Xero takes as a name: no angle brackets, no control characters, single spaces, up to 255; emoji may stay. */
export function contactName(name: string): string {
  const clean = oneLine(name).replace(/[<>]/g, '');
  return cut(clean.replace(/ {2,}/g, ' ').trim(), LONGEST_NAME);
}

/** Names are unique among active contacts whatever their case. */
export function nameKey(name: string): string {
  return contactName(name).toLowerCase();
}

/** Where our key is kept: people cannot see or change it in Xero. Longer markers keep their beginning and a digest. */
export function contactNumber(marker: string): string {
  if (marker.length <= LONGEST_NUMBER) return marker;
  return `${marker.slice(0, 17)}-${createHash('sha256').update(marker).digest('hex').slice(0, 32)}`;
}

/** A new contact; whatever Xero would choke on is left out, since a missing phone is no reason to hold back an invoice. */
export function contactCard(customer: Customer, marker: string, accountNumber: string | undefined): Contact {
  const email = customer.email?.trim();
  const phone = customer.phone?.trim();
  const taxNumber = customer.taxId?.trim();
  return {
    name: contactName(customer.name),
    contactNumber: contactNumber(marker),
    ...(accountNumber !== undefined && { accountNumber }),
    ...(email && email.length <= 255 && /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/.test(email) && { emailAddress: email }),
    ...(taxNumber && taxNumber.length <= 50 && { taxNumber }),
    ...(phone && phone.length <= LONGEST_PHONE && { phones: [{ phoneType: Phone.PhoneTypeEnum.DEFAULT, phoneNumber: phone }] }),
    addresses: [postalAddress(customer.address)],
  };
}

/** An account number must be unique too, so it is only sent where nobody has it yet. */
export function accountNumberOf(customer: Customer): string | undefined {
  const number = customer.accountNumber?.trim();
  return number && number.length <= LONGEST_NUMBER ? number : undefined;
}

function postalAddress({ lines, city, state, postcode, country }: Customer['address']): Address {
  const [first, second, third, ...rest] = lines.map((line) => cut(oneLine(line), 500));
  const fourth = cut(rest.join(', '), 500);
  return {
    addressType: Address.AddressTypeEnum.POBOX,
    ...(first && { addressLine1: first }),
    ...(second && { addressLine2: second }),
    ...(third && { addressLine3: third }),
    ...(fourth && { addressLine4: fourth }),
    ...(city && { city: cut(city, 255) }),
    ...(state && { region: cut(state, 255) }),
    ...(postcode && { postalCode: cut(postcode, 50) }),
    ...(country && country.length <= 50 && /^[A-Za-z ]+$/.test(country) && { country }),
  };
}
