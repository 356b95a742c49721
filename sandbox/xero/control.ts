import { Router, type ErrorRequestHandler, type RequestHandler } from 'express';
import { z } from 'zod';
import { readJson } from '../kit/server.js';
import { contactView } from './contacts/view.js';
import { allocate, nextCreditNoteNumber, saveCreditNote } from './documents/credit-notes.js';
import { saveInvoice } from './documents/invoices.js';
import { creditNoteView } from './documents/view.js';
import { allocationInput, creditNoteInput, invoiceInput, paymentInput } from './inputs.js';
import type { Ledger } from './ledger.js';
import { changeOptions } from './options.js';
import { deletePayment, pay } from './payments/payments.js';
import { paymentView } from './payments/view.js';
import type { DocumentRecord } from './records.js';
import type { Webhook } from './webhook.js';

const amount = z.union([z.number(), z.string()]);
const paymentCommand = z.union([
  z.strictObject({ remove: z.guid() }),
  z.strictObject({ number: z.string(), amount, date: z.iso.date(), reference: z.string().optional() }),
]);
const creditCommand = z.strictObject({ number: z.string(), amount, date: z.iso.date() });
const voidCommand = z.strictObject({ number: z.string() });
const mergeCommand = z.strictObject({ loser: z.guid(), winner: z.guid() });
const webhookCommand = z.union([
  z.strictObject({ intentToReceive: z.literal(true) }),
  z.strictObject({ redeliver: z.number().int().min(1) }),
  z.strictObject({ flush: z.literal(true) }),
]);

/** What people do inside the ledger, and the knobs of the sandbox. A refusal is a 400 with the ledger's words. */
export function controlRoutes(ledger: Ledger, webhook: Webhook): Router {
  const router = Router();
  router.get('/options', (_request, response) => void response.json(ledger.options()));
  router.post('/options', (request, response) => void response.json(changeOptions(ledger.context.store, readJson(request))));
  router.post(
    '/payments',
    command(paymentCommand, (input) => ('remove' in input ? removePayment(ledger, input.remove) : addPayment(ledger, input))),
  );
  router.post(
    '/credits',
    command(creditCommand, (input) => addCredit(ledger, input)),
  );
  router.post(
    '/void',
    command(voidCommand, (input) => voidInvoice(ledger, input.number)),
  );
  router.post(
    '/merge',
    command(mergeCommand, (input) => mergeContacts(ledger, input)),
  );
  router.post('/webhooks', async (request, response) => {
    const input = webhookCommand.parse(readJson(request));
    if ('redeliver' in input) return void response.json(await webhook.redeliver(input.redeliver));
    response.json(await ('flush' in input ? webhook.flush() : webhook.intentToReceive()));
  });
  router.use(sayWhatIsWrong);
  return router;
}

class Refusal extends Error {}

function command<S extends z.ZodType>(schema: S, work: (input: z.output<S>) => unknown): RequestHandler {
  return (request, response) => void response.json(work(schema.parse(readJson(request))));
}

const sayWhatIsWrong: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (error instanceof z.ZodError) return void response.status(400).json({ error: z.prettifyError(error) });
  if (error instanceof Refusal) return void response.status(400).json({ error: error.message });
  next(error);
};

function addPayment(
  ledger: Ledger,
  input: { number: string; amount: number | string; date: string; reference?: string | undefined },
): unknown {
  const invoice = invoiceNumbered(ledger, input.number);
  const payment = paymentInput.parse({
    Invoice: { InvoiceID: invoice.id },
    Account: { Code: '090' },
    Date: input.date,
    Amount: input.amount,
    Reference: input.reference,
  });
  const result = pay(ledger, payment);
  if (!result.payment) throw new Refusal(result.errors.join(' '));
  return paymentView(ledger, result.payment);
}

function removePayment(ledger: Ledger, id: string): unknown {
  const payment = ledger.payment(id);
  if (!payment) throw new Refusal(`No payment ${id}`);
  const result = deletePayment(ledger, payment);
  if (!result.payment) throw new Refusal(result.errors.join(' '));
  return paymentView(ledger, result.payment);
}

/** A credit note over the amount, tax included, wholly given to the invoice. */
function addCredit(ledger: Ledger, input: z.output<typeof creditCommand>): unknown {
  const invoice = invoiceNumbered(ledger, input.number);
  const number = nextCreditNoteNumber(ledger);
  const line = {
    Description: `Credit for invoice ${invoice.number}`,
    Quantity: 1,
    UnitAmount: input.amount,
    AccountCode: '200',
    TaxType: 'OUTPUT',
  };
  const note = creditNoteInput.parse({
    Type: invoice.type === 'ACCREC' ? 'ACCRECCREDIT' : 'ACCPAYCREDIT',
    CreditNoteNumber: number,
    Contact: { ContactID: invoice.contactId },
    Date: input.date,
    CurrencyCode: invoice.currency,
    LineAmountTypes: 'Inclusive',
    Status: 'AUTHORISED',
    LineItems: [line],
  });
  const saved = saveCreditNote(ledger, note, 'create', 2);
  const [created] = ledger.documentsByNumber('credit-note', number);
  if (!created) throw new Refusal(saved.errors.join(' '));
  const { errors } = allocate(ledger, created, allocationInput.parse({ Amount: input.amount, Invoice: { InvoiceID: invoice.id } }));
  if (errors.length > 0) throw new Refusal(errors.join(' '));
  return creditNoteView(ledger, ledger.creditNote(created.id) ?? created, { unitDp: 2 });
}

function voidInvoice(ledger: Ledger, number: string): unknown {
  const invoice = invoiceNumbered(ledger, number);
  const status = invoice.status === 'DRAFT' || invoice.status === 'SUBMITTED' ? 'DELETED' : 'VOIDED';
  const { view, errors } = saveInvoice(ledger, invoiceInput.parse({ InvoiceID: invoice.id, Status: status }), 'create-or-update', 4);
  if (errors.length > 0) throw new Refusal(errors.join(' '));
  return view;
}

/** As in the vendor's own screens: the loser is archived and points to the winner. */
function mergeContacts(ledger: Ledger, { loser, winner }: z.output<typeof mergeCommand>): unknown {
  const [lost, kept] = [ledger.contact(loser), ledger.contact(winner)];
  if (!lost || !kept) throw new Refusal('Both contacts must exist');
  const merged = { ...lost, status: 'ARCHIVED' as const, mergedToContactId: kept.id, updatedAt: ledger.now() };
  ledger.transaction(() => {
    ledger.saveContact(merged);
    for (const invoice of ledger.invoices()) {
      if (invoice.contactId === lost.id) ledger.saveDocument('invoice', { ...invoice, contactId: kept.id, updatedAt: ledger.now() });
    }
  });
  return contactView(merged);
}

function invoiceNumbered(ledger: Ledger, number: string): DocumentRecord {
  const found = ledger.documentsByNumber('invoice', number);
  const invoice = found.find(({ status }) => status !== 'VOIDED' && status !== 'DELETED') ?? found[0];
  if (!invoice) throw new Refusal(`No invoice with the number ${number}`);
  return invoice;
}
