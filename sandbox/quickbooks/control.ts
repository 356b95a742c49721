import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { readJson, type SandboxContext } from '../kit/server.js';
import { type Books, booksOf } from './books.js';
import type { Entity, EntityName } from './entities/entity.js';
import { NotModelled, QboFault } from './fault-bodies.js';
import { decimalOf, toWire } from './money.js';
import { changeOptions, optionsPatchSchema } from './options.js';
import { WebhookSender } from './webhook.js';
import { prepareWrite, type WriteOperation } from './write.js';

const amount = z.union([z.number(), z.string().regex(/^\d+(\.\d+)?$/)]).transform((value) => decimalOf(value));
const bookingSchema = z.strictObject({ number: z.string().min(1), amount, date: z.iso.date().optional() });
const removalSchema = z.strictObject({ remove: z.string().min(1) });
const voidSchema = z.strictObject({ number: z.string().min(1) });
const webhookBodySchema = z.strictObject({ body: z.string() });

/** Control routes: what the bookkeeper does in the vendor's own pages, and how the vendor itself behaves. */
export function controlRoutes(context: SandboxContext): Router {
  const books = booksOf(context);
  const sender = new WebhookSender(books);
  const router = Router();
  router.get('/options', (_request, response) => void response.json(books.options));
  handle(router, '/options', optionsPatchSchema, (patch) => changeOptions(books.store, patch));
  handle(router, '/payments', z.union([removalSchema, bookingSchema]), (wanted) =>
    'remove' in wanted ? removePayment(books, wanted.remove) : recordPayment(books, wanted),
  );
  handle(router, '/credits', bookingSchema, (wanted) => recordCredit(books, wanted));
  handle(router, '/void', voidSchema, ({ number }) => voidInvoice(books, number));
  router.get('/webhooks', (_request, response) => void response.json(sender.deliveries));
  handle(router, '/webhooks', webhookBodySchema, async ({ body }) => {
    const options = books.options.webhook;
    if (!options) throw new Refused(409, 'Set the webhook option first.');
    return sender.send(body, { ...options, retryMs: [] });
  });
  return router;
}

class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

function handle<T>(router: Router, path: string, schema: z.ZodType<T>, work: (wanted: T) => unknown): void {
  router.post(path, async (request: Request, response: Response) => {
    const wanted = schema.safeParse(readJson(request));
    if (!wanted.success) return void response.status(400).json({ error: z.prettifyError(wanted.error) });
    try {
      response.json(await work(wanted.data));
    } catch (error) {
      if (error instanceof Refused) response.status(error.status).json({ error: error.message });
      else if (error instanceof QboFault) response.status(400).json({ error: error.detail, code: error.code });
      else if (error instanceof NotModelled) response.status(501).json({ error: error.message });
      else throw error;
    }
  });
}

type Booking = z.infer<typeof bookingSchema>;

/** What is more than the open balance stays unapplied on the customer, as in the vendor's own pages. */
function recordPayment(books: Books, { number, amount: received, date }: Booking): unknown {
  const invoice = invoiceNumbered(books, number);
  const open = decimalOf(invoice.Balance);
  const applied = received.lessThan(open) ? received : open;
  return write(books, 'Payment', 'write', {
    CustomerRef: invoice.CustomerRef,
    ...currencyOf(books, invoice),
    TotalAmt: toWire(received),
    TxnDate: date ?? books.today,
    Line: applied.isZero() ? [] : [{ Amount: toWire(applied), LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] }],
  });
}

function removePayment(books: Books, id: string): unknown {
  const payment = books.find('Payment', id);
  if (!payment) throw new Refused(404, `No payment ${id}`);
  return write(books, 'Payment', 'delete', { Id: payment.Id, SyncToken: payment.SyncToken });
}

/** A credit memo, and the payment over nothing that applies it to the invoice. */
function recordCredit(books: Books, { number, amount: credited, date }: Booking): unknown {
  const invoice = invoiceNumbered(books, number);
  if (credited.greaterThan(invoice.Balance)) throw new Refused(409, `Invoice ${number} is open for ${invoice.Balance} only`);
  const common = { CustomerRef: invoice.CustomerRef, ...currencyOf(books, invoice), TxnDate: date ?? books.today };
  const Amount = toWire(credited);
  const detail = { ItemRef: { value: '1' }, TaxCodeRef: { value: 'NON' } };
  const CreditMemo = write(books, 'CreditMemo', 'write', {
    ...common,
    Line: [{ Amount, DetailType: 'SalesItemLineDetail', Description: `Credit for ${number}`, SalesItemLineDetail: detail }],
  }) as Entity<'CreditMemo'>;
  const Payment = write(books, 'Payment', 'write', {
    ...common,
    TotalAmt: 0,
    Line: [
      { Amount, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] },
      { Amount, LinkedTxn: [{ TxnId: CreditMemo.Id, TxnType: 'CreditMemo' }] },
    ],
  });
  return { CreditMemo: books.find('CreditMemo', CreditMemo.Id), Payment };
}

function voidInvoice(books: Books, number: string): unknown {
  const invoice = invoiceNumbered(books, number);
  return write(books, 'Invoice', 'void', { Id: invoice.Id, SyncToken: invoice.SyncToken });
}

/** The newest of that number, should the company have allowed several. */
function invoiceNumbered(books: Books, number: string): Entity<'Invoice'> {
  const invoice = books.all('Invoice').findLast((candidate) => candidate.DocNumber === number);
  if (!invoice) throw new Refused(404, `No invoice ${number}`);
  return invoice;
}

function currencyOf(books: Books, invoice: Entity<'Invoice'>) {
  return books.options.multicurrency ? { CurrencyRef: invoice.CurrencyRef } : {};
}

function write(books: Books, kind: EntityName, operation: WriteOperation, body: unknown): unknown {
  const work = prepareWrite(books, { kind, operation, body, allowDuplicateNumber: true });
  return books.store.transaction(work)[kind];
}
