import { civilDate } from '../../domain/civil-date.js';
import { Decimal, Money } from '../../domain/money.js';
import { fromJsonNumber } from '../kit/money-border.js';
import type { Applied } from './settlement-cursor.js';
import type { PaymentRow } from './types.js';

/**
 * What a payment puts on each invoice, by settlement id. One payment may carry money and use up credit at once; which of
 * the two an invoice got is written nowhere, so credit fills the invoices in the payment's own order.
 */
export function appliedBy(payment: PaymentRow, currency: string): Applied {
  const onInvoices = invoiceLines(payment);
  const total = [...onInvoices.values()].reduce((sum, amount) => sum.plus(amount), new Decimal(0));
  let credit = total.minus(moneyUsed(payment, total));
  const date = civilDate(payment.TxnDate);
  const applied: Applied = {};
  for (const [invoiceId, amount] of onInvoices) {
    const fromCredit = Decimal.min(credit, amount);
    credit = credit.minus(fromCredit);
    const fromMoney = amount.minus(fromCredit);
    if (fromMoney.greaterThan(0)) applied[`${payment.Id}:${invoiceId}`] = [invoiceId, text(fromMoney, currency), currency, date, 'payment'];
    if (fromCredit.greaterThan(0)) {
      applied[`${payment.Id}:${invoiceId}:credit`] = [invoiceId, text(fromCredit, currency), currency, date, 'credit'];
    }
  }
  return applied;
}

function invoiceLines(payment: PaymentRow): Map<string, Decimal> {
  const amounts = new Map<string, Decimal>();
  for (const { Amount, LinkedTxn } of payment.Line ?? []) {
    for (const { TxnId, TxnType } of LinkedTxn ?? []) {
      if (TxnType === 'Invoice') amounts.set(TxnId, (amounts.get(TxnId) ?? new Decimal(0)).plus(fromJsonNumber(Amount)));
    }
  }
  return amounts;
}

/** Received and not left over; whatever else stands against the invoices is credit of some kind. */
function moneyUsed({ TotalAmt, UnappliedAmt }: PaymentRow, total: Decimal): Decimal {
  const used = new Decimal(fromJsonNumber(TotalAmt)).minus(fromJsonNumber(UnappliedAmt ?? 0));
  return Decimal.max(0, Decimal.min(used, total));
}

function text(amount: Decimal, currency: string): string {
  return Money.of(amount, currency).toText();
}
