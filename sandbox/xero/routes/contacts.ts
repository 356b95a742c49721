import type { Router } from 'express';
import { contactView } from '../contacts/view.js';
import { archived, contactErrors, findContact, saveContact } from '../contacts/write.js';
import { NO_ID } from '../documents/failed-view.js';
import { readElement, runElements, type Outcome } from '../elements.js';
import { contactInput, type ContactInput } from '../inputs.js';
import type { Ledger } from '../ledger.js';
import { notFound, notModelled } from '../problem.js';
import { selectRows, type ListRow } from '../query.js';
import type { ContactRecord } from '../records.js';
import type { WhereFields } from '../where.js';
import { elementsOf, route, type Answer, type Call } from './route.js';

const PARAMETERS = ['where', 'order', 'IDs', 'page', 'pageSize', 'includeArchived', 'summaryOnly', 'searchTerm'];
const FIELDS: WhereFields = {
  Name: 'text',
  EmailAddress: 'text',
  AccountNumber: 'text',
  ContactNumber: 'text',
  ContactStatus: 'text',
  ContactID: 'guid',
  IsCustomer: 'boolean',
  IsSupplier: 'boolean',
};

export function contactRoutes(router: Router, ledger: Ledger): void {
  router.get(
    '/Contacts',
    route(ledger, PARAMETERS, (call) => list(ledger, call)),
  );
  router.get(
    '/Contacts/:id',
    route(ledger, [], ({ param }) => ({ plural: 'Contacts', items: [contactView(byIdOrNumber(ledger, param('id')))] })),
  );
  router.put(
    '/Contacts',
    route(ledger, ['summarizeErrors'], (call) => write(ledger, call, 'create')),
  );
  router.post(
    '/Contacts',
    route(ledger, ['summarizeErrors'], (call) => write(ledger, call, 'create-or-update')),
  );
  router.post(
    '/Contacts/:id',
    route(ledger, [], (call) => write(ledger, call, 'create-or-update', byIdOrNumber(ledger, call.param('id')).id)),
  );
}

function byIdOrNumber(ledger: Ledger, idOrNumber: string): ContactRecord {
  const contact = ledger.contact(idOrNumber) ?? ledger.contacts().find(({ contactNumber }) => contactNumber === idOrNumber);
  if (!contact) throw notFound();
  return contact;
}

function write(ledger: Ledger, { request, query }: Call, mode: 'create' | 'create-or-update', id?: string): Answer {
  const elements = elementsOf(request, 'Contacts').map((element): ContactInput => {
    const input = readElement(contactInput, element, request);
    return id === undefined ? input : { ...input, ContactID: id };
  });
  for (const input of elements) {
    if (mode === 'create' && input.ContactID !== undefined) throw notModelled('a ContactID in a PUT, which only creates');
    findContact(ledger, input);
  }
  return { plural: 'Contacts', items: runElements(query, elements, (input) => save(ledger, input, mode)) };
}

function save(ledger: Ledger, input: ContactInput, mode: 'create' | 'create-or-update'): Outcome {
  const before = mode === 'create' ? undefined : findContact(ledger, input);
  const errors = before?.status === 'ARCHIVED' ? [archived(before)] : contactErrors(ledger, before, input);
  if (errors.length > 0) return { view: failedView(input, before), errors };
  return { view: contactView(ledger.transaction(() => saveContact(ledger, before, input))), errors };
}

function failedView(input: ContactInput, before: ContactRecord | undefined): Record<string, unknown> {
  return {
    ContactID: before?.id ?? NO_ID,
    ContactNumber: input.ContactNumber,
    AccountNumber: input.AccountNumber,
    Name: input.Name,
    EmailAddress: input.EmailAddress,
    Addresses: (input.Addresses ?? []).map((address) => ({ ...address, ValidationErrors: [] })),
    Phones: input.Phones ?? [],
    ContactGroups: [],
    ContactPersons: input.ContactPersons ?? [],
    HasValidationErrors: true,
  };
}

function list(ledger: Ledger, { request, query }: Call): Answer {
  const isSummary = query.flag('summaryOnly', false);
  const showsArchived = query.flag('includeArchived', false);
  const ids = query.list('IDs');
  const term = query.text('searchTerm')?.toLowerCase();
  const chosen = ledger
    .contacts()
    .filter((contact) => ids?.includes(contact.id) ?? true)
    .filter((contact) => showsArchived || contact.status === 'ACTIVE')
    .filter((contact) => term === undefined || searchText(contact).includes(term));
  const { records, pagination } = selectRows(request, query, chosen.map(rowOf), {
    fields: FIELDS,
    orders: ['ContactID', 'Name'],
    forcesPaging: isSummary,
  });
  return { plural: 'Contacts', items: records.map((contact) => contactView(contact, isSummary || pagination === undefined)), pagination };
}

function searchText(contact: ContactRecord): string {
  const { name, firstName, lastName, contactNumber, companyNumber, emailAddress } = contact;
  return [name, firstName, lastName, contactNumber, companyNumber, emailAddress].join('\n').toLowerCase();
}

function rowOf(contact: ContactRecord): ListRow<ContactRecord> {
  return {
    record: contact,
    id: contact.id,
    updatedAt: contact.updatedAt,
    fields: {
      name: contact.name,
      emailaddress: contact.emailAddress,
      accountnumber: contact.accountNumber,
      contactnumber: contact.contactNumber,
      contactstatus: contact.status,
      contactid: contact.id,
      iscustomer: contact.isCustomer,
      issupplier: contact.isSupplier,
    },
  };
}
