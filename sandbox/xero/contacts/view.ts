import { wireDate } from '../dates.js';
import type { Ledger } from '../ledger.js';
import type { ContactRecord } from '../records.js';

const ADDRESS_SLOTS = ['STREET', 'POBOX'] as const;
const PHONE_SLOTS = ['DEFAULT', 'DDI', 'FAX', 'MOBILE'] as const;

/** A contact in full: always two address slots and four phone slots. */
export function contactView(contact: ContactRecord, isSummary = false): Record<string, unknown> {
  const head = {
    ContactID: contact.id,
    ContactNumber: contact.contactNumber,
    AccountNumber: contact.accountNumber,
    ContactStatus: contact.status,
    MergedToContactID: contact.mergedToContactId,
    Name: contact.name,
    FirstName: contact.firstName,
    LastName: contact.lastName,
    CompanyNumber: contact.companyNumber,
    EmailAddress: contact.emailAddress,
    TaxNumber: contact.taxNumber,
    DefaultCurrency: contact.defaultCurrency,
    Phones: PHONE_SLOTS.map(
      (slot) =>
        contact.phones.find((phone) => phone.PhoneType === slot) ?? {
          PhoneType: slot,
          PhoneNumber: '',
          PhoneAreaCode: '',
          PhoneCountryCode: '',
        },
    ),
    UpdatedDateUTC: wireDate(contact.updatedAt),
    HasAttachments: false,
    HasValidationErrors: false,
  };
  if (isSummary) return head;
  return {
    ...head,
    Addresses: ADDRESS_SLOTS.map(
      (slot) =>
        contact.addresses.find((address) => address.AddressType === slot) ?? {
          AddressType: slot,
          City: '',
          Region: '',
          PostalCode: '',
          Country: '',
        },
    ),
    ContactGroups: [],
    ContactPersons: contact.contactPersons,
    IsSupplier: contact.isSupplier,
    IsCustomer: contact.isCustomer,
  };
}

/** The contact inside a document. */
export function embeddedContact(ledger: Ledger, contactId: string): Record<string, unknown> {
  const contact = ledger.contact(contactId);
  return {
    ContactID: contactId,
    ContactNumber: contact?.contactNumber,
    ContactStatus: contact?.status,
    Name: contact?.name,
    EmailAddress: contact?.emailAddress,
    Addresses: [],
    Phones: [],
    IsSupplier: contact?.isSupplier,
    IsCustomer: contact?.isCustomer,
    HasValidationErrors: false,
  };
}

/** The contact inside a summary. */
export function contactName(ledger: Ledger, contactId: string): Record<string, unknown> {
  return { ContactID: contactId, Name: ledger.contact(contactId)?.name };
}
