import type { Router } from 'express';
import { invoiceToChange, saveInvoice, type WriteMode } from '../documents/invoices.js';
import { invoiceView } from '../documents/view.js';
import { balanceOf } from '../documents/balance.js';
import { findContact } from '../contacts/write.js';
import { readElement, runElements } from '../elements.js';
import { invoiceInput, type InvoiceInput } from '../inputs.js';
import type { Ledger } from '../ledger.js';
import { jsonNumber } from '../money.js';
import { notFound } from '../problem.js';
import { selectRows, type ListRow, type Query } from '../query.js';
import type { DocumentRecord } from '../records.js';
import type { WhereFields } from '../where.js';
import { elementsOf, route, type Answer, type Call } from './route.js';

const PARAMETERS = ['where', 'order', 'page', 'pageSize', 'IDs', 'InvoiceNumbers', 'ContactIDs', 'Statuses', 'SearchTerm'];
const FLAGS = ['summaryOnly', 'unitdp', 'includeArchived', 'createdByMyApp'];
const FIELDS: WhereFields = {
  Type: 'text',
  Status: 'text',
  InvoiceID: 'guid',
  InvoiceNumber: 'text',
  Reference: 'text',
  'Contact.ContactID': 'guid',
  'Contact.Name': 'text',
  'Contact.ContactNumber': 'text',
  Date: 'date',
  DueDate: 'date',
  AmountDue: 'number',
  AmountPaid: 'number',
  Total: 'number',
  CurrencyCode: 'text',
};

export function invoiceRoutes(router: Router, ledger: Ledger): void {
  router.get(
    '/Invoices',
    route(ledger, [...PARAMETERS, ...FLAGS], (call) => list(ledger, call)),
  );
  router.get(
    '/Invoices/:id',
    route(ledger, ['unitdp'], ({ query, param }) => {
      const view = invoiceView(ledger, invoiceByIdOrNumber(ledger, param('id')), { unitDp: query.unitDp(), isSingle: true });
      return { plural: 'Invoices', items: [view] };
    }),
  );
  router.put(
    '/Invoices',
    route(ledger, ['summarizeErrors', 'unitdp'], (call) => write(ledger, call, 'create')),
  );
  router.post(
    '/Invoices',
    route(ledger, ['summarizeErrors', 'unitdp'], (call) => write(ledger, call, 'create-or-update')),
  );
  router.post(
    '/Invoices/:id',
    route(ledger, ['unitdp'], (call) => {
      const { id } = invoiceByIdOrNumber(ledger, call.param('id'));
      return write(ledger, call, 'create-or-update', id);
    }),
  );
}

export function invoiceByIdOrNumber(ledger: Ledger, idOrNumber: string): DocumentRecord {
  const invoice = ledger.invoice(idOrNumber) ?? ledger.documentsByNumber('invoice', idOrNumber)[0];
  if (!invoice) throw notFound();
  return invoice;
}

function write(ledger: Ledger, { request, query }: Call, mode: WriteMode, id?: string): Answer {
  const elements = elementsOf(request, 'Invoices').map((element): InvoiceInput => {
    const input = readElement(invoiceInput, element, request);
    return id === undefined ? input : { ...input, InvoiceID: id };
  });
  // An unknown id is a 404 for all of them, so it is looked for before anything is saved.
  for (const input of elements) {
    invoiceToChange(ledger, input, mode);
    if (input.Contact) findContact(ledger, input.Contact);
  }
  const unitDp = query.unitDp();
  return { plural: 'Invoices', items: runElements(query, elements, (input) => saveInvoice(ledger, input, mode, unitDp)) };
}

function list(ledger: Ledger, { request, query }: Call): Answer {
  const summaryOnly = query.flag('summaryOnly', false);
  const chosen = ledger.invoices().filter(chooser(ledger, query));
  const { records, pagination } = selectRows(
    request,
    query,
    chosen.map((invoice) => rowOf(ledger, invoice)),
    {
      fields: FIELDS,
      orders: ['InvoiceID', 'Date'],
      forcesPaging: summaryOnly || query.text('Statuses') !== undefined,
    },
  );
  const isSummary = summaryOnly || pagination === undefined;
  const unitDp = query.unitDp();
  return { plural: 'Invoices', items: records.map((invoice) => invoiceView(ledger, invoice, { unitDp, isSummary })), pagination };
}

function chooser(ledger: Ledger, query: Query): (invoice: DocumentRecord) => boolean {
  const [ids, numbers, contacts, statuses] = ['IDs', 'InvoiceNumbers', 'ContactIDs', 'Statuses'].map((name) => query.list(name));
  const term = query.text('SearchTerm')?.toLowerCase();
  const mine = query.flag('createdByMyApp', false);
  const isArchived = (invoice: DocumentRecord) => ledger.contact(invoice.contactId)?.status === 'ARCHIVED';
  const hidesArchived = query.text('includeArchived')?.toLowerCase() === 'false';
  return (invoice) =>
    (ids?.includes(invoice.id) ?? true) &&
    (numbers?.includes(invoice.number.toLowerCase()) ?? true) &&
    (contacts?.includes(invoice.contactId) ?? true) &&
    (statuses?.includes(invoice.status.toLowerCase()) ?? true) &&
    (term === undefined || `${invoice.number}\n${invoice.reference ?? ''}`.toLowerCase().includes(term)) &&
    (!mine || invoice.createdByMyApp) &&
    !(hidesArchived && isArchived(invoice));
}

function rowOf(ledger: Ledger, invoice: DocumentRecord): ListRow<DocumentRecord> {
  const balance = balanceOf(ledger, invoice);
  const contact = ledger.contact(invoice.contactId);
  return {
    record: invoice,
    id: invoice.id,
    updatedAt: invoice.updatedAt,
    fields: {
      type: invoice.type,
      status: invoice.status,
      invoiceid: invoice.id,
      invoicenumber: invoice.number,
      reference: invoice.reference ?? '',
      'contact.contactid': invoice.contactId,
      'contact.name': contact?.name,
      'contact.contactnumber': contact?.contactNumber,
      date: invoice.date,
      duedate: invoice.dueDate,
      amountdue: jsonNumber(balance.due),
      amountpaid: jsonNumber(balance.paid),
      total: jsonNumber(invoice.total),
      currencycode: invoice.currency,
    },
  };
}
