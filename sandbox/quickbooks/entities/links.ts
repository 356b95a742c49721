import { Decimal } from 'decimal.js';
import type { Books } from '../books.js';
import { decimalOf, sumOf, toWire } from '../money.js';
import type { Entity } from './entity.js';
import type { Payment, PaymentLine } from './payment.js';

export type LinkTarget = 'Invoice' | 'CreditMemo';

/** What payments have put on this document so far. */
export function appliedTo(books: Books, kind: LinkTarget, document: Entity<LinkTarget>): Decimal {
  const payments = document.LinkedTxn.flatMap((link) => (link.TxnType === 'Payment' ? (books.find('Payment', link.TxnId) ?? []) : []));
  return sumOf(payments.map((payment) => amountFor(payment, kind, document.Id)));
}

/** What one payment puts on one document. */
export function amountFor(payment: Payment, kind: LinkTarget, id: string): Decimal {
  return sumOf(payment.Line.filter((line) => targets(line, kind, id)).map((line) => line.Amount));
}

export function unappliedOf(total: number, lines: readonly PaymentLine[]): Decimal {
  const of = (kind: LinkTarget) => sumOf(lines.filter((line) => line.LinkedTxn[0]?.TxnType === kind).map((line) => line.Amount));
  return decimalOf(total).minus(of('Invoice')).plus(of('CreditMemo'));
}

/** Brings every document that the payment touched or touches to its new balance, link list and version. */
export function relink(books: Books, paymentId: string, before: readonly PaymentLine[], after: readonly PaymentLine[]): void {
  const keys = new Set([...before, ...after].flatMap((line) => line.LinkedTxn.map((link) => `${link.TxnType}/${link.TxnId}`)));
  for (const key of keys) {
    const [kind, id] = key.split('/') as [LinkTarget, string];
    relinkOne(
      books,
      kind,
      id,
      paymentId,
      after.some((line) => targets(line, kind, id)),
    );
  }
}

function relinkOne(books: Books, kind: LinkTarget, id: string, paymentId: string, linked: boolean): void {
  const document = books.find(kind, id);
  if (!document) return;
  const others = document.LinkedTxn.filter((link) => link.TxnType !== 'Payment' || link.TxnId !== paymentId);
  const LinkedTxn = linked ? [...others, { TxnId: paymentId, TxnType: 'Payment' }] : others;
  const applied = appliedTo(books, kind, { ...document, LinkedTxn });
  if (kind === 'Invoice') {
    const invoice = document as Entity<'Invoice'>;
    const Balance = toWire(decimalOf(invoice.TotalAmt).minus(decimalOf(invoice.Deposit)).minus(applied));
    books.replace('Invoice', invoice, { ...invoice, LinkedTxn, Balance });
  } else {
    const credit = document as Entity<'CreditMemo'>;
    const RemainingCredit = toWire(decimalOf(credit.TotalAmt).minus(applied));
    books.replace('CreditMemo', credit, { ...credit, LinkedTxn, RemainingCredit, Balance: RemainingCredit });
  }
}

/** A document that is voided gives its payments back to the customer as unapplied money. */
export function unlinkFromPayments(books: Books, kind: LinkTarget, document: Entity<LinkTarget>): void {
  for (const link of document.LinkedTxn) {
    const payment = link.TxnType === 'Payment' ? books.find('Payment', link.TxnId) : undefined;
    if (!payment) continue;
    const Line = payment.Line.filter((line) => !targets(line, kind, document.Id));
    books.replace('Payment', payment, { ...payment, Line, UnappliedAmt: toWire(unappliedOf(payment.TotalAmt, Line)) });
  }
}

function targets(line: PaymentLine, kind: LinkTarget, id: string): boolean {
  return line.LinkedTxn.some((link) => link.TxnType === kind && link.TxnId === id);
}
