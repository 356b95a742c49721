import type { Response, Router } from 'express';
import { findContact } from '../contacts/write.js';
import { wireDate } from '../dates.js';
import { allocate, creditNoteToChange, saveCreditNote, undoAllocation } from '../documents/credit-notes.js';
import type { WriteMode } from '../documents/invoices.js';
import { creditNoteView } from '../documents/view.js';
import { readElement, runElements, type Outcome } from '../elements.js';
import { allocationInput, creditNoteInput, type AllocationInput, type CreditNoteInput } from '../inputs.js';
import type { Ledger } from '../ledger.js';
import { jsonNumber } from '../money.js';
import { notFound } from '../problem.js';
import { Query, selectRows, type ListRow } from '../query.js';
import type { AllocationRecord, DocumentRecord } from '../records.js';
import type { WhereFields } from '../where.js';
import { elementsOf, route, type Answer, type Call } from './route.js';

const FIELDS: WhereFields = {
  Type: 'text',
  Status: 'text',
  CreditNoteID: 'guid',
  CreditNoteNumber: 'text',
  Reference: 'text',
  'Contact.ContactID': 'guid',
  Date: 'date',
  Total: 'number',
};

export function creditNoteRoutes(router: Router, ledger: Ledger): void {
  router.get(
    '/CreditNotes',
    route(ledger, ['where', 'order', 'page', 'pageSize', 'unitdp'], (call) => list(ledger, call)),
  );
  router.get(
    '/CreditNotes/:id',
    route(ledger, ['unitdp'], ({ query, param }) => {
      const view = creditNoteView(ledger, byIdOrNumber(ledger, param('id')), { unitDp: query.unitDp() });
      return { plural: 'CreditNotes', items: [view] };
    }),
  );
  router.put(
    '/CreditNotes',
    route(ledger, ['summarizeErrors', 'unitdp'], (call) => write(ledger, call, 'create')),
  );
  router.post(
    '/CreditNotes',
    route(ledger, ['summarizeErrors', 'unitdp'], (call) => write(ledger, call, 'create-or-update')),
  );
  router.post(
    '/CreditNotes/:id',
    route(ledger, ['unitdp'], (call) => write(ledger, call, 'create-or-update', byIdOrNumber(ledger, call.param('id')).id)),
  );
  router.put(
    '/CreditNotes/:id/Allocations',
    route(ledger, ['summarizeErrors'], (call) => createAllocations(ledger, call)),
  );
  router.delete('/CreditNotes/:id/Allocations/:allocationId', (request, response) => {
    new Query(request, []);
    removeAllocation(ledger, request.params.id, request.params.allocationId, response);
  });
}

export function byIdOrNumber(ledger: Ledger, idOrNumber: string): DocumentRecord {
  const note = ledger.creditNote(idOrNumber) ?? ledger.documentsByNumber('credit-note', idOrNumber)[0];
  if (!note) throw notFound();
  return note;
}

function write(ledger: Ledger, { request, query }: Call, mode: WriteMode, id?: string): Answer {
  const elements = elementsOf(request, 'CreditNotes').map((element): CreditNoteInput => {
    const input = readElement(creditNoteInput, element, request);
    return id === undefined ? input : { ...input, CreditNoteID: id };
  });
  for (const input of elements) {
    creditNoteToChange(ledger, input, mode);
    if (input.Contact) findContact(ledger, input.Contact);
  }
  const unitDp = query.unitDp();
  return { plural: 'CreditNotes', items: runElements(query, elements, (input) => saveCreditNote(ledger, input, mode, unitDp)) };
}

function createAllocations(ledger: Ledger, { request, query, param }: Call): Answer {
  const { id } = byIdOrNumber(ledger, param('id'));
  const inputs = elementsOf(request, 'Allocations').map((element) => readElement(allocationInput, element, request));
  // Each allocation lowers the credit that the next one finds.
  const save = (input: AllocationInput): Outcome => {
    const { allocation, errors } = allocate(ledger, byIdOrNumber(ledger, id), input);
    return {
      view: allocation ? allocationView(ledger, allocation) : { Amount: jsonNumber(input.Amount ?? '0'), Invoice: input.Invoice },
      errors,
    };
  };
  return { plural: 'Allocations', items: runElements(query, inputs, save) };
}

function allocationView(ledger: Ledger, allocation: AllocationRecord): Record<string, unknown> {
  const number = ledger.invoice(allocation.invoiceId)?.number;
  return {
    AllocationID: allocation.id,
    Amount: jsonNumber(allocation.amount),
    Date: wireDate(allocation.date),
    Invoice: { InvoiceID: allocation.invoiceId, InvoiceNumber: number, LineItems: [] },
  };
}

/** The one answer without an envelope. */
function removeAllocation(ledger: Ledger, noteId: string, allocationId: string, response: Response): void {
  const note = byIdOrNumber(ledger, noteId);
  const allocation = ledger.allocation(allocationId);
  if (!allocation || allocation.creditNoteId !== note.id) throw notFound();
  const { AllocationID, Date, Invoice } = allocationView(ledger, allocation);
  undoAllocation(ledger, allocation);
  response.json({ AllocationID, Date, Invoice, IsDeleted: true });
}

function list(ledger: Ledger, { request, query }: Call): Answer {
  const rows = ledger.creditNotes().map((note) => rowOf(ledger, note));
  const { records, pagination } = selectRows(request, query, rows, { fields: FIELDS, orders: ['CreditNoteID', 'Date'] });
  const view = { unitDp: query.unitDp(), isSummary: pagination === undefined };
  return { plural: 'CreditNotes', items: records.map((note) => creditNoteView(ledger, note, view)), pagination };
}

function rowOf(ledger: Ledger, note: DocumentRecord): ListRow<DocumentRecord> {
  return {
    record: note,
    id: note.id,
    updatedAt: note.updatedAt,
    fields: {
      type: note.type,
      status: note.status,
      creditnoteid: note.id,
      creditnotenumber: note.number,
      reference: note.reference,
      'contact.contactid': ledger.contact(note.contactId)?.id,
      date: note.date,
      total: jsonNumber(note.total),
    },
  };
}
