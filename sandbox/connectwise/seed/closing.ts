import { Decimal } from 'decimal.js';
import type { SandboxStore } from '../../kit/store.js';
import type { InvoiceDoc, PaymentDoc } from '../documents.js';
import { cents, toFloat } from '../money.js';
import { statusReference } from '../references.js';
import { withPayments } from '../totals.js';
import { addDays, at, midnight } from './calendar.js';
import type { SeedIds } from './ids.js';
import { plantedRule } from './planted.js';

const IN_REVIEW = 2;
const CLOSED = 6;

/** About one invoice in seven of the oldest month was closed before Countersign came; they are paid wholly, by half, or not. */
export function closeOldest(store: SandboxStore, ids: SeedIds, invoices: readonly InvoiceDoc[]): void {
  const candidates = invoices.filter(({ invoiceNumber, total }) => !plantedRule(invoiceNumber) && total > 0);
  candidates.filter((_, index) => index % 6 === 0).forEach((invoice, index) => close(store, ids, invoice, [1, 0.5, 0][index % 3] ?? 0));
}

function close(store: SandboxStore, ids: SeedIds, invoice: InvoiceDoc, share: number): void {
  const day = addDays(invoice.date.slice(0, 10), 24);
  const status = statusReference({ id: CLOSED, name: 'Closed', closedFlag: true });
  const info = { ...invoice._info, lastUpdated: at(day, 16 * 60 + 5, 20) };
  const paid = share === 0 ? [] : [payment(ids, invoice, cents(new Decimal(invoice.total).times(share)), day)];
  const settled = withPayments({ ...invoice, status, closedBy: 'dana', _info: info }, paid);
  store.put('invoice', settled.id, settled);
  for (const row of paid) store.put('payment', row.id, { ...row, invoiceBalance: settled.balance, invoiceTotal: settled.total });
}

function payment(ids: SeedIds, invoice: InvoiceDoc, amount: Decimal, day: string): PaymentDoc {
  return {
    id: ids.next('payment'),
    type: 'Payment',
    invoice: { id: invoice.id, identifier: invoice.invoiceNumber },
    amount: toFloat(amount),
    balance: 0,
    paymentDate: midnight(day),
    appliedBy: 'dana',
    _info: { lastUpdated: at(day, 16 * 60 + 5, 20), updatedBy: 'dana' },
  };
}

/** A few open invoices are already looked at in the PSA itself. */
export function startReviews(store: SandboxStore, invoices: readonly InvoiceDoc[]): void {
  invoices
    .filter(({ status, id }) => !status.isClosed && id % 23 === 0)
    .forEach((invoice) => store.put('invoice', invoice.id, { ...invoice, status: statusReference({ id: IN_REVIEW, name: 'In Review' }) }));
}
