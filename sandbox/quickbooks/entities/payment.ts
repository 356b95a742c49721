import { z } from 'zod';
import type { Books } from '../books.js';
import { NotModelled } from '../fault-bodies.js';
import { businessError, cannotLink, transactionGone } from '../faults.js';
import { decimalOf, toWire, ZERO } from '../money.js';
import { accept, civilDate, decimal, envelopeFields, readOnly, ref } from './fields.js';
import type { Entity } from './entity.js';
import { amountFor, type LinkTarget, relink, unappliedOf } from './links.js';
import { requireActive } from './references.js';
import type { EntityRules } from './rules.js';
import { currencyOf, refuseClosedPeriod, voidedNote } from './sales-document.js';

const TXN_TYPES = ['Invoice', 'CreditMemo', 'JournalEntry', 'Expense', 'Check', 'CreditCardCredit'] as const;

const line = z.strictObject({
  Id: readOnly,
  LineNum: readOnly,
  Description: readOnly,
  Amount: decimal,
  LinkedTxn: z.array(z.strictObject({ TxnId: z.string(), TxnType: z.enum(TXN_TYPES), TxnLineId: readOnly })),
  LineEx: readOnly,
});

const schema = z.strictObject({
  ...envelopeFields,
  CustomerRef: ref,
  TotalAmt: decimal,
  TxnDate: civilDate.optional(),
  CurrencyRef: ref.optional(),
  ExchangeRate: decimal.optional(),
  PaymentMethodRef: ref.optional(),
  PaymentRefNum: z.string().max(21).optional(),
  DepositToAccountRef: ref.optional(),
  ARAccountRef: ref.optional(),
  PrivateNote: z.string().max(4000).optional(),
  ProcessPayment: z.boolean().optional(),
  Line: z.array(line).optional(),
  LinkedTxn: readOnly,
  UnappliedAmt: readOnly,
});

export interface PaymentLine {
  Amount: number;
  LinkedTxn: { TxnId: string; TxnType: LinkTarget }[];
}

export interface Payment extends Omit<z.infer<typeof schema>, keyof typeof envelopeFields | 'Line' | 'UnappliedAmt' | 'LinkedTxn'> {
  TxnDate: string;
  UnappliedAmt: number;
  Line: PaymentLine[];
}

export const paymentRules: EntityRules<'Payment'> = {
  prepare({ books, before }, body) {
    if (before) refuseClosedPeriod(books, before.TxnDate);
    const sent = accept(schema, body);
    const customer = requireActive(books, 'Customer', sent.CustomerRef.value, 'CustomerRef');
    const TxnDate = sent.TxnDate ?? books.today;
    refuseClosedPeriod(books, TxnDate);
    if (sent.PaymentMethodRef) requireActive(books, 'PaymentMethod', sent.PaymentMethodRef.value, 'PaymentMethodRef');
    const account = requireActive(books, 'Account', sent.DepositToAccountRef?.value ?? undepositedFunds(books), 'DepositToAccountRef');
    if (sent.TotalAmt < 0) throw businessError('The amount of a payment must not be negative.', 'TotalAmt');
    const Line = (sent.Line ?? []).map(toLine);
    checkLinks(books, customer.Id, Line, before);
    const unapplied = unappliedOf(sent.TotalAmt, Line);
    if (unapplied.isNegative() && !unapplied.isZero()) {
      throw businessError('The amount applied is greater than the amount received and the credits used.', 'TotalAmt');
    }
    const { Id: _i, SyncToken: _s, MetaData: _m, domain: _d, sparse: _p, status: _t, LinkedTxn: _l, ...own } = sent;
    return {
      ...own,
      TxnDate,
      CustomerRef: { value: customer.Id, name: customer.DisplayName },
      DepositToAccountRef: { value: account.Id },
      CurrencyRef: currencyOf(books, customer.CurrencyRef, sent.CurrencyRef),
      TotalAmt: toWire(decimalOf(sent.TotalAmt)),
      UnappliedAmt: toWire(unapplied),
      ProcessPayment: false,
      Line,
    };
  },
  written(books, before, after) {
    relink(books, after.Id, before?.Line ?? [], after.Line);
    return after;
  },
  remove: {
    check: (books, payment) => refuseClosedPeriod(books, payment.TxnDate),
    before: (books, payment) => detach(books, payment),
  },
  voiding: {
    check: (books, payment) => refuseClosedPeriod(books, payment.TxnDate),
    apply(books, payment) {
      detach(books, payment);
      const voided = { ...payment, TotalAmt: 0, UnappliedAmt: 0, Line: [], PrivateNote: voidedNote(payment.PrivateNote) };
      return books.replace('Payment', payment, voided, 'Void');
    },
  },
};

function detach(books: Books, payment: Entity<'Payment'>): void {
  relink(books, payment.Id, payment.Line, []);
}

function undepositedFunds(books: Books): string {
  return books.all('Account').find((account) => account.AccountSubType === 'UndepositedFunds')?.Id ?? '';
}

function toLine(sent: z.infer<typeof line>): PaymentLine {
  const [link, ...more] = sent.LinkedTxn;
  if (!link || more.length > 0) throw cannotLink('a payment line takes exactly one linked transaction');
  if (sent.Amount < 0) throw businessError('The amount of a payment line must not be negative.', 'Line.Amount');
  if (link.TxnType !== 'Invoice' && link.TxnType !== 'CreditMemo')
    throw new NotModelled(`Payments linked to ${link.TxnType} are not modelled`);
  return { Amount: toWire(decimalOf(sent.Amount)), LinkedTxn: [{ TxnId: link.TxnId, TxnType: link.TxnType }] };
}

function checkLinks(books: Books, customerId: string, lines: readonly PaymentLine[], before: Payment | undefined): void {
  const wanted = new Map<string, { kind: LinkTarget; id: string; amount: ReturnType<typeof decimalOf> }>();
  for (const { Amount, LinkedTxn } of lines) {
    for (const { TxnType: kind, TxnId: id } of LinkedTxn) {
      const amount = (wanted.get(`${kind}/${id}`)?.amount ?? ZERO).plus(Amount);
      wanted.set(`${kind}/${id}`, { kind, id, amount });
    }
  }
  for (const { kind, id, amount } of wanted.values()) checkLink(books, customerId, kind, id, amount, before);
}

function checkLink(books: Books, customerId: string, kind: LinkTarget, id: string, amount: typeof ZERO, before: Payment | undefined): void {
  const target = books.find(kind, id);
  if (!target) {
    const otherKind = books.find('Invoice', id) ?? books.find('CreditMemo', id) ?? books.find('Payment', id);
    throw otherKind ? cannotLink(`transaction ${id} is not of type ${kind}`) : transactionGone();
  }
  if (target.CustomerRef.value !== customerId) throw cannotLink(`transaction ${id} belongs to another customer`);
  const own = before ? amountFor(before, kind, id) : ZERO;
  if (amount.greaterThan(own.plus(target.Balance))) {
    throw businessError(`The amount applied to transaction ${id} is greater than its open balance.`, 'Line.Amount');
  }
}
