import type { Outcome } from '../elements.js';
import type { AllocationInput, CreditNoteInput } from '../inputs.js';
import type { Ledger } from '../ledger.js';
import { compare } from '../money.js';
import { notFound, notModelled } from '../problem.js';
import type { AllocationRecord, CreditNoteType, DocumentRecord } from '../records.js';
import { balanceOf, settle } from './balance.js';
import { failedCreditNoteView } from './failed-view.js';
import type { WriteMode } from './invoices.js';
import { numberErrors } from './rules.js';
import { creditNoteView } from './view.js';
import { writeDocument } from './write.js';

const CREDIT_NOTE_TYPES: readonly CreditNoteType[] = ['ACCRECCREDIT', 'ACCPAYCREDIT'];

export function creditNoteToChange(ledger: Ledger, input: CreditNoteInput, mode: WriteMode): DocumentRecord | undefined {
  if (mode === 'create') {
    if (input.CreditNoteID !== undefined) throw notModelled('a CreditNoteID in a PUT, which only creates');
    return undefined;
  }
  if (input.CreditNoteID !== undefined) {
    const note = ledger.creditNote(input.CreditNoteID);
    if (!note) throw notFound();
    return note;
  }
  return input.CreditNoteNumber === undefined ? undefined : ledger.documentsByNumber('credit-note', input.CreditNoteNumber)[0];
}

export function saveCreditNote(ledger: Ledger, input: CreditNoteInput, mode: WriteMode, unitDp: 2 | 4): Outcome {
  const before = creditNoteToChange(ledger, input, mode);
  const written = writeDocument(
    ledger,
    before,
    {
      type: CREDIT_NOTE_TYPES.find((name) => name === input.Type),
      number: input.CreditNoteNumber,
      foundErrors: headErrors(ledger, before, input),
      contact: input.Contact,
      date: input.Date,
      dueDate: input.DueDate,
      lineAmountTypes: input.LineAmountTypes,
      lines: input.LineItems,
      currency: input.CurrencyCode,
      currencyRate: input.CurrencyRate,
      status: input.Status,
      extras: input.Reference === undefined ? {} : { reference: input.Reference },
    },
    { kind: 'credit-note', unitDp, needsDueDate: false, nextNumber: () => nextCreditNoteNumber(ledger) },
  );
  if (!written.document) return { view: failedCreditNoteView(input, before?.id), errors: written.errors };
  return { view: creditNoteView(ledger, written.document, { unitDp }), errors: [] };
}

function headErrors(ledger: Ledger, before: DocumentRecord | undefined, input: CreditNoteInput): string[] {
  const { CreditNoteNumber: number, Type: type } = input;
  const errors = number === undefined ? [] : numberErrors(number);
  if (type !== undefined && !CREDIT_NOTE_TYPES.some((name) => name === type)) errors.push(`Credit note type '${type}' is not valid.`);
  const isTaken = number !== undefined && ledger.documentsByNumber('credit-note', number).some((note) => note.id !== before?.id);
  return isTaken ? [...errors, 'Credit Note # must be unique.'] : errors;
}

export function nextCreditNoteNumber(ledger: Ledger): string {
  let number: string;
  do number = `CN-${String(ledger.context.store.next('credit-note-number')).padStart(4, '0')}`;
  while (ledger.documentsByNumber('credit-note', number).length > 0);
  return number;
}

export interface Allocated {
  allocation?: AllocationRecord;
  errors: string[];
}

/** Gives part of an approved note to an invoice of the same contact. Its date is the later of both documents'. */
export function allocate(ledger: Ledger, note: DocumentRecord, input: AllocationInput): Allocated {
  const invoice = invoiceOf(ledger, input);
  const amount = input.Amount;
  if (amount === undefined || compare(amount, '0') <= 0) return { errors: ['Allocation amount must be greater than zero.'] };
  const errors: string[] = [];
  if (note.status !== 'AUTHORISED') errors.push('Credit notes can only be allocated when Authorised');
  if (invoice.status !== 'AUTHORISED') errors.push('Credit notes can only be allocated to Authorised documents');
  if (invoice.contactId !== note.contactId) errors.push('The credit note and the invoice must have the same contact');
  if (invoice.currency !== note.currency) errors.push('The credit note and the invoice must have the same currency');
  if (compare(amount, balanceOf(ledger, note).due) > 0) errors.push('Allocation amount exceeds the remaining credit on this document');
  if (compare(amount, balanceOf(ledger, invoice).due) > 0) errors.push('Allocation amount exceeds the amount outstanding on this document');
  if (errors.length > 0) return { errors };
  const date = invoice.date > note.date ? invoice.date : note.date;
  const allocation: AllocationRecord = { id: ledger.newId(), creditNoteId: note.id, invoiceId: invoice.id, amount, date };
  ledger.transaction(() => {
    ledger.saveAllocation(allocation);
    settle(ledger, 'credit-note', note, date);
    settle(ledger, 'invoice', invoice, date);
  });
  return { allocation, errors };
}

export function undoAllocation(ledger: Ledger, allocation: AllocationRecord): void {
  ledger.transaction(() => {
    ledger.removeAllocation(allocation);
    const [note, invoice] = [ledger.creditNote(allocation.creditNoteId), ledger.invoice(allocation.invoiceId)];
    if (note) settle(ledger, 'credit-note', note, allocation.date);
    if (invoice) settle(ledger, 'invoice', invoice, allocation.date);
  });
}

function invoiceOf(ledger: Ledger, input: AllocationInput): DocumentRecord {
  const { InvoiceID: id, InvoiceNumber: number } = input.Invoice ?? {};
  const invoice = id === undefined ? ledger.documentsByNumber('invoice', number ?? '')[0] : ledger.invoice(id);
  if (!invoice) throw notFound();
  return invoice;
}
