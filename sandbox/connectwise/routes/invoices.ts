import { Decimal } from 'decimal.js';
import { API_MEMBER } from '../constants.js';
import type { InvoiceDoc } from '../documents.js';
import { findById, readBody, type Endpoints } from '../endpoints.js';
import { invalidObject, notFound } from '../errors.js';
import { saveInvoice, type Change } from '../invoice-changes.js';
import * as models from '../models.js';
import { patched, readWritable, requireFields } from '../patch.js';
import { present } from '../present.js';
import type { Psa } from '../psa.js';
import { recomputed } from '../totals.js';

const change = (text: string): Change => ({ origin: 'api', by: API_MEMBER, text });

export function invoiceRoutes(endpoints: Endpoints): void {
  const { psa } = endpoints;
  const all = () => psa.store.all<InvoiceDoc>('invoice');
  endpoints.read('/finance/invoices', models.Invoice, all);
  endpoints.on('patch', '/finance/invoices/:id', (request, response) => {
    const before = editable(findById(all(), request.params['id'], models.Invoice));
    const after = patched(psa.store, models.Invoice, before, readBody(request));
    response.json(present(update(psa, before, after, 'Invoice patched'), models.Invoice, psa));
  });
  endpoints.on('put', '/finance/invoices/:id', (request, response) => {
    const before = editable(findById(all(), request.params['id'], models.Invoice));
    const body = readWritable(psa.store, models.Invoice, readBody(request));
    requireFields(models.Invoice, body, ['invoiceNumber', 'locationId', 'type', 'company']);
    response.json(present(update(psa, before, replaced(before, body), 'Invoice replaced'), models.Invoice, psa));
  });
  endpoints.on('patch', '/finance/closedInvoices/:id', (request, response) => {
    const before = closed(all(), request.params['id']);
    const narrow = { id: before.id, status: before.status, internalNotes: before['internalNotes'] };
    const { status, internalNotes } = patched(psa.store, models.ClosedInvoice, narrow, readBody(request));
    const resolved = patched(psa.store, models.Invoice, before, [{ op: 'replace', path: 'status', value: status }]);
    const saved = update(psa, before, { ...resolved, internalNotes }, 'Closed invoice patched');
    response.json(present(saved, models.ClosedInvoice, psa));
  });
}

/** A closed invoice is locked on its ordinary route, status included. */
function editable(invoice: InvoiceDoc): InvoiceDoc {
  if (!invoice.status.isClosed) return invoice;
  throw invalidObject('Invoice', [{ field: 'status', message: `Invoice ${invoice.invoiceNumber} is closed and cannot be edited.` }]);
}

function closed(rows: InvoiceDoc[], id: unknown): InvoiceDoc {
  const invoice = rows.find((row) => String(row.id) === String(id) && row.status.isClosed);
  if (!invoice) throw notFound('ClosedInvoice', id);
  return invoice;
}

/** A PUT resets what it leaves out, except what the vendor works out itself. */
function replaced(before: InvoiceDoc, body: Record<string, unknown>): InvoiceDoc {
  const kept = Object.fromEntries(Object.entries(before).filter(([name]) => models.Invoice.readOnly.has(name) || name === '_sandbox'));
  const defaults = { serviceAdjustmentAmount: 0, previousProgressApplied: 0, downpaymentApplied: 0, downpaymentPreviouslyTaxedFlag: false };
  return { ...defaults, taxableFlag: false, status: before.status, currency: before.currency, ...kept, ...body } as unknown as InvoiceDoc;
}

function update(psa: Psa, before: InvoiceDoc, after: InvoiceDoc, text: string): InvoiceDoc {
  if (JSON.stringify(before) === JSON.stringify(after)) return before;
  checkNumber(psa, after);
  return saveInvoice(psa, recomputed(psa.store, withDueDate(psa, before, withDefaults(after))), change(text));
}

function checkNumber(psa: Psa, invoice: InvoiceDoc): void {
  const taken = psa.store.all<InvoiceDoc>('invoice').some((row) => row.id !== invoice.id && row.invoiceNumber === invoice.invoiceNumber);
  if (taken)
    throw invalidObject('Invoice', [{ field: 'invoiceNumber', message: 'The invoice number is already in use.', code: 'ObjectExists' }]);
}

/** Removing an amount means none. */
function withDefaults(invoice: InvoiceDoc): InvoiceDoc {
  const amounts = ['serviceAdjustmentAmount', 'previousProgressApplied', 'downpaymentApplied', 'agreementAmount'] as const;
  const filled = Object.fromEntries(amounts.map((name) => [name, new Decimal(invoice[name] ?? 0).toNumber()]));
  return { ...invoice, ...filled };
}

/** The due date follows the date and the terms unless the caller set it. */
function withDueDate(psa: Psa, before: InvoiceDoc, after: InvoiceDoc): InvoiceDoc {
  const terms = after['billingTerms'] as { id: number } | undefined;
  const moved = after.date !== before.date || terms?.id !== (before['billingTerms'] as { id: number } | undefined)?.id;
  if (!moved || after['dueDate'] !== before['dueDate']) return after;
  const days = psa.store.get<{ dueDays: number }>('billingTerms', terms?.id ?? 0)?.dueDays ?? 0;
  const due = new Date(Date.parse(after.date) + days * 86_400_000);
  return { ...after, dueDate: `${due.toISOString().slice(0, 10)}T00:00:00Z` };
}
