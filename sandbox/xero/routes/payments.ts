import type { Router } from 'express';
import { readElement, runElements, type Outcome } from '../elements.js';
import { paymentInput, type PaymentInput } from '../inputs.js';
import type { Ledger } from '../ledger.js';
import { jsonNumber } from '../money.js';
import { deletePayment, pay, payee } from '../payments/payments.js';
import { failedPaymentView, paymentView } from '../payments/view.js';
import { badPostData, notFound, validationFailed } from '../problem.js';
import { selectRows, type ListRow } from '../query.js';
import type { PaymentRecord } from '../records.js';
import type { WhereFields } from '../where.js';
import { elementsOf, route, type Answer, type Call } from './route.js';

const FIELDS: WhereFields = {
  PaymentID: 'guid',
  PaymentType: 'text',
  Status: 'text',
  Date: 'date',
  'Invoice.InvoiceID': 'guid',
  'Invoice.InvoiceNumber': 'text',
  Reference: 'text',
  Amount: 'number',
};

export function paymentRoutes(router: Router, ledger: Ledger): void {
  router.get(
    '/Payments',
    route(ledger, ['where', 'order', 'page', 'pageSize'], (call) => list(ledger, call)),
  );
  router.get(
    '/Payments/:id',
    route(ledger, [], ({ param }) => ({ plural: 'Payments', items: [paymentView(ledger, known(ledger, param('id')))] })),
  );
  router.put(
    '/Payments',
    route(ledger, ['summarizeErrors'], (call) => create(ledger, call)),
  );
  router.post(
    '/Payments',
    route(ledger, ['summarizeErrors'], (call) => {
      if (elementsOf(call.request, 'Payments').length > 1) throw badPostData('POST Payments takes one payment; PUT takes many.');
      return create(ledger, call);
    }),
  );
  router.post(
    '/Payments/:id',
    route(ledger, [], (call) => remove(ledger, call)),
  );
}

function known(ledger: Ledger, id: string): PaymentRecord {
  const payment = ledger.payment(id);
  if (!payment) throw notFound();
  return payment;
}

function create(ledger: Ledger, { request, query }: Call): Answer {
  const inputs = elementsOf(request, 'Payments').map((element) => readElement(paymentInput, element, request));
  for (const input of inputs) payee(ledger, input);
  return { plural: 'Payments', items: runElements(query, inputs, (input) => save(ledger, input)) };
}

function save(ledger: Ledger, input: PaymentInput): Outcome {
  const { payment, errors } = pay(ledger, input);
  return { view: payment ? paymentView(ledger, payment) : failedPaymentView(ledger, input), errors };
}

function remove(ledger: Ledger, { request, param }: Call): Answer {
  const payment = known(ledger, param('id'));
  const input = readElement(paymentInput, elementsOf(request, 'Payments')[0], request);
  if (input.Status !== 'DELETED') throw badPostData('A payment can only be given the status DELETED.');
  const { payment: deleted, errors } = deletePayment(ledger, payment);
  if (!deleted) throw validationFailed([{ ...paymentView(ledger, payment), ValidationErrors: errors.map((Message) => ({ Message })) }]);
  return { plural: 'Payments', items: [paymentView(ledger, deleted)] };
}

function list(ledger: Ledger, { request, query }: Call): Answer {
  const rows = ledger.payments().map((payment) => rowOf(ledger, payment));
  const { records, pagination } = selectRows(request, query, rows, { fields: FIELDS, orders: ['PaymentID', 'Date'] });
  return { plural: 'Payments', items: records.map((payment) => paymentView(ledger, payment)), pagination };
}

function rowOf(ledger: Ledger, payment: PaymentRecord): ListRow<PaymentRecord> {
  return {
    record: payment,
    id: payment.id,
    updatedAt: payment.updatedAt,
    fields: {
      paymentid: payment.id,
      paymenttype: payment.type,
      status: payment.status,
      date: payment.date,
      'invoice.invoiceid': payment.invoiceId,
      'invoice.invoicenumber': payment.invoiceId === undefined ? undefined : ledger.invoice(payment.invoiceId)?.number,
      reference: payment.reference,
      amount: jsonNumber(payment.amount),
    },
  };
}
