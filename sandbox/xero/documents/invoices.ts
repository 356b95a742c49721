import type { Outcome } from '../elements.js';
import type { InvoiceInput } from '../inputs.js';
import type { Ledger } from '../ledger.js';
import { notFound, notModelled } from '../problem.js';
import type { DocumentRecord, InvoiceType } from '../records.js';
import { failedInvoiceView } from './failed-view.js';
import { numberErrors } from './rules.js';
import { invoiceView } from './view.js';
import { writeDocument, type DocumentChange } from './write.js';

export type WriteMode = 'create' | 'create-or-update';

/** The invoice that an element means to change; an unknown id is a 404 for the whole request. */
export function invoiceToChange(ledger: Ledger, input: InvoiceInput, mode: WriteMode): DocumentRecord | undefined {
  if (mode === 'create') {
    if (input.InvoiceID !== undefined) throw notModelled('an InvoiceID in a PUT, which only creates');
    return undefined;
  }
  if (input.InvoiceID !== undefined) {
    const invoice = ledger.invoice(input.InvoiceID);
    if (!invoice) throw notFound();
    return invoice;
  }
  return input.InvoiceNumber === undefined || input.Type === 'ACCPAY' ? undefined : holderOf(ledger, input.InvoiceNumber, undefined);
}

export function saveInvoice(ledger: Ledger, input: InvoiceInput, mode: WriteMode, unitDp: 2 | 4): Outcome {
  const before = invoiceToChange(ledger, input, mode);
  const type = INVOICE_TYPES.find((name) => name === input.Type);
  const isApproved = input.Status === 'AUTHORISED' || before?.status === 'AUTHORISED' || before?.status === 'PAID';
  const warnings = input.SentToContact === true && !isApproved ? ['Only AUTHORISED invoices may have SentToContact updated.'] : [];
  const sentToContact = warnings.length > 0 ? undefined : input.SentToContact;
  const written = writeDocument(ledger, before, changeOf(ledger, before, input, type, sentToContact), {
    kind: 'invoice',
    unitDp,
    needsDueDate: true,
    nextNumber: () => (type === 'ACCPAY' ? '' : nextNumber(ledger)),
  });
  if (!written.document) return { view: failedInvoiceView(input, before?.id), errors: written.errors, warnings };
  return { view: invoiceView(ledger, written.document, { unitDp, isWriteAnswer: true }), errors: [], warnings };
}

const INVOICE_TYPES: readonly InvoiceType[] = ['ACCREC', 'ACCPAY'];

function changeOf(
  ledger: Ledger,
  before: DocumentRecord | undefined,
  input: InvoiceInput,
  type: InvoiceType | undefined,
  sentToContact: boolean | undefined,
): DocumentChange {
  const given = { reference: input.Reference, url: input.Url, expectedPaymentDate: input.ExpectedPaymentDate };
  const extras = { ...given, plannedPaymentDate: input.PlannedPaymentDate, sentToContact };
  return {
    type,
    number: input.InvoiceNumber,
    foundErrors: headErrors(ledger, before, input),
    contact: input.Contact,
    date: input.Date,
    dueDate: input.DueDate,
    lineAmountTypes: input.LineAmountTypes,
    lines: input.LineItems,
    currency: input.CurrencyCode,
    currencyRate: input.CurrencyRate,
    status: input.Status,
    extras: Object.fromEntries(Object.entries(extras).filter(([, value]) => value !== undefined)),
  };
}

function headErrors(ledger: Ledger, before: DocumentRecord | undefined, input: InvoiceInput): string[] {
  const errors: string[] = [];
  const { InvoiceNumber: number, Reference: reference, Url: url } = input;
  const type = input.Type ?? before?.type;
  if (type !== undefined && !INVOICE_TYPES.some((name) => name === type)) errors.push(`Invoice type '${type}' is not valid.`);
  if (number !== undefined) errors.push(...numberErrors(number));
  if (number !== undefined && type === 'ACCREC' && holderOf(ledger, number, before)) errors.push('Invoice # must be unique.');
  if ((reference?.length ?? 0) > 255) errors.push('Reference must not be longer than 255 characters.');
  if (reference !== undefined && type === 'ACCPAY') errors.push('Reference is only valid on sales invoices.');
  if (url !== undefined && (!URL.canParse(url) || /xero/i.test(url)))
    errors.push('Url is not valid: it must be absolute and not lead to the vendor.');
  return errors;
}

/** The sales invoice that holds a number, other than the one being changed. */
function holderOf(ledger: Ledger, number: string, except: DocumentRecord | undefined): DocumentRecord | undefined {
  const isFreed = (invoice: DocumentRecord) =>
    ledger.options().numbersFreeAfterVoid && (invoice.status === 'DELETED' || invoice.status === 'VOIDED');
  return ledger
    .documentsByNumber('invoice', number)
    .find((invoice) => invoice.type === 'ACCREC' && invoice.id !== except?.id && !isFreed(invoice));
}

function nextNumber(ledger: Ledger): string {
  let number: string;
  do number = `INV-${String(ledger.context.store.next('invoice-number')).padStart(4, '0')}`;
  while (ledger.documentsByNumber('invoice', number).length > 0);
  return number;
}
