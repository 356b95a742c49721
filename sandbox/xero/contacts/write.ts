import type { ContactInput } from '../inputs.js';
import { sameText, type Ledger } from '../ledger.js';
import { notFound, notModelled } from '../problem.js';
import type { ContactRecord } from '../records.js';

export interface Identified {
  contact?: ContactRecord;
  /** Present when saving must create or update the contact first. */
  change?: ContactInput;
  errors: string[];
}

const NO_IDENTITY = 'The Contact must contain at least 1 of the following elements to identify the contact: Name, ContactID, ContactNumber';

/** The contact of a document: an unknown name creates one, and any field beside the identity updates it. */
export function identifyContact(ledger: Ledger, input: ContactInput | undefined, knownId: string | undefined): Identified {
  if (!input) return knownId === undefined ? { errors: [NO_IDENTITY] } : asFound(ledger.contact(knownId));
  if (input.ContactID === undefined && input.ContactNumber === undefined && input.Name === undefined) return { errors: [NO_IDENTITY] };
  const found = findContact(ledger, input);
  if (found?.status === 'ARCHIVED') return { errors: [archived(found)] };
  if (found && !saysMore(input, found)) return asFound(found);
  return { ...asFound(found), change: input, errors: contactErrors(ledger, found, input) };
}

function asFound(contact: ContactRecord | undefined): Identified {
  return contact ? { contact, errors: [] } : { errors: [] };
}

/** By ContactID, then ContactNumber, then Name. An unknown id is a 404 for the whole request. */
export function findContact(ledger: Ledger, input: ContactInput): ContactRecord | undefined {
  if (input.ContactID !== undefined) {
    const contact = ledger.contact(input.ContactID);
    if (!contact) throw notFound();
    return contact;
  }
  const { ContactNumber: number, Name: name } = input;
  const contacts = ledger.contacts();
  const byNumber = number === undefined ? undefined : contacts.find((contact) => contact.contactNumber === number);
  if (byNumber || name === undefined) return byNumber;
  const named = contacts.filter((contact) => sameText(contact.name, name));
  return named.find((contact) => contact.status === 'ACTIVE') ?? named[0];
}

export function archived(contact: ContactRecord): string {
  return `The contact ${contact.name} matched an archived contact. Archived contacts cannot currently be edited via the API.`;
}

/** Everything that would make the saved contact invalid; `before` is the one being changed. */
export function contactErrors(ledger: Ledger, before: ContactRecord | undefined, input: ContactInput): string[] {
  const errors = nameErrors(input.Name ?? before?.name);
  const others = ledger.contacts().filter((contact) => contact.id !== before?.id);
  const { Name: name, ContactNumber: number, AccountNumber: accountNumber } = input;
  if (name !== undefined && others.some((contact) => contact.status === 'ACTIVE' && sameText(contact.name, name))) {
    errors.push(
      `The contact name ${name} is already assigned to another contact. The contact name must be unique across all active contacts.`,
    );
  }
  if (number !== undefined && others.some((contact) => contact.contactNumber === number)) {
    errors.push(`The contact number ${number} is already assigned to another contact. The contact number must be unique.`);
  }
  if (accountNumber !== undefined && others.some((contact) => contact.status === 'ACTIVE' && contact.accountNumber === accountNumber)) {
    errors.push('The Account Number already exists. Please enter a different account number.');
  }
  if ((number?.length ?? 0) > 50) errors.push('The contact number must not be longer than 50 characters.');
  if ((accountNumber?.length ?? 0) > 50) errors.push('The account number must not be longer than 50 characters.');
  if ((input.ContactPersons?.length ?? 0) > 5) errors.push('A contact can have at most 5 contact persons.');
  return errors;
}

function nameErrors(name: string | undefined): string[] {
  if (!name) return ['The contact name must be specified.'];
  if (name.length > 255) return ['The contact name must not be longer than 255 characters.'];
  if (/[<>]/.test(name)) return ['The contact name cannot contain the characters < and >.'];
  return name !== name.trim() || name.includes('  ') ? ['The contact name cannot begin or end with a space, or contain two in a row.'] : [];
}

export function saveContact(ledger: Ledger, before: ContactRecord | undefined, input: ContactInput): ContactRecord {
  if (input.ContactStatus !== undefined && !['ACTIVE', 'ARCHIVED'].includes(input.ContactStatus)) {
    throw notModelled(`ContactStatus ${input.ContactStatus}`);
  }
  const contact: ContactRecord = {
    id: before?.id ?? ledger.newId(),
    name: input.Name ?? before?.name ?? '',
    contactNumber: input.ContactNumber ?? before?.contactNumber,
    accountNumber: input.AccountNumber ?? before?.accountNumber,
    firstName: input.FirstName ?? before?.firstName,
    lastName: input.LastName ?? before?.lastName,
    companyNumber: input.CompanyNumber ?? before?.companyNumber,
    emailAddress: input.EmailAddress ?? before?.emailAddress,
    taxNumber: input.TaxNumber ?? before?.taxNumber,
    defaultCurrency: input.DefaultCurrency ?? before?.defaultCurrency,
    status: input.ContactStatus === 'ARCHIVED' ? 'ARCHIVED' : 'ACTIVE',
    mergedToContactId: before?.mergedToContactId,
    addresses: merged(before?.addresses, input.Addresses, 'AddressType'),
    phones: merged(before?.phones, input.Phones, 'PhoneType'),
    contactPersons: input.ContactPersons ?? before?.contactPersons ?? [],
    isCustomer: before?.isCustomer ?? false,
    isSupplier: before?.isSupplier ?? false,
    updatedAt: ledger.now(),
  };
  ledger.saveContact(contact);
  return contact;
}

/** Slots that are not sent stay; a sent slot is replaced whole. */
function merged<T extends object, K extends keyof T>(before: readonly T[] | undefined, sent: readonly T[] | undefined, slot: K): T[] {
  const kept = (before ?? []).filter((entry) => !sent?.some((candidate) => candidate[slot] === entry[slot]));
  return [...kept, ...(sent ?? [])];
}

function saysMore(input: ContactInput, contact: ContactRecord): boolean {
  const told = { ...input, ContactID: undefined, ContactNumber: undefined, Name: undefined };
  const renames = input.Name !== undefined && input.Name !== contact.name;
  const renumbers = input.ContactNumber !== undefined && input.ContactNumber !== contact.contactNumber;
  return renames || renumbers || Object.values(told).some((value) => value !== undefined);
}
