import { settle, balanceOf } from '../documents/balance.js';
import { lockErrors } from '../documents/rules.js';
import type { PaymentInput } from '../inputs.js';
import { sameText, type Ledger } from '../ledger.js';
import { compare, inBaseCurrency } from '../money.js';
import { notFound } from '../problem.js';
import type { AccountRecord, DocumentRecord, PaymentRecord } from '../records.js';

const TOO_MUCH = 'Payment amount exceeds the amount outstanding on this document';
const NOT_APPROVED = 'Payments can only be made against Authorised documents';
const ALREADY_DELETED = 'Payment not of valid status for modification';

export interface PaymentResult {
  payment?: PaymentRecord;
  errors: string[];
}

/** The document that a payment is for; an unknown one is a 404 for the whole request. */
export function payee(ledger: Ledger, input: PaymentInput): { kind: 'invoice' | 'credit-note'; document: DocumentRecord } | undefined {
  if ((input.Invoice === undefined) === (input.CreditNote === undefined)) return undefined;
  const kind = input.Invoice ? 'invoice' : 'credit-note';
  const id = input.Invoice?.InvoiceID ?? input.CreditNote?.CreditNoteID;
  const number = input.Invoice?.InvoiceNumber ?? input.CreditNote?.CreditNoteNumber ?? '';
  const byId = kind === 'invoice' ? ledger.invoice(id ?? '') : ledger.creditNote(id ?? '');
  const document = id === undefined ? ledger.documentsByNumber(kind, number)[0] : byId;
  if (!document) throw notFound();
  return { kind, document };
}

export function pay(ledger: Ledger, input: PaymentInput): PaymentResult {
  const target = payee(ledger, input);
  if (!target) return { errors: ['A payment must have exactly one of Invoice and CreditNote'] };
  const { kind, document } = target;
  const account = accountOf(ledger, input);
  const date = input.Date ?? ledger.today();
  const errors = paymentErrors(ledger, document, input, account, date);
  if (errors.length > 0 || !account || input.Amount === undefined) return { errors };
  const currencyRate = input.CurrencyRate ?? document.currencyRate;
  const payment: PaymentRecord = {
    id: ledger.newId(),
    invoiceId: kind === 'invoice' ? document.id : undefined,
    creditNoteId: kind === 'credit-note' ? document.id : undefined,
    accountId: account.id,
    date,
    amount: input.Amount,
    bankAmount: inBaseCurrency(input.Amount, currencyRate),
    currencyRate,
    reference: input.Reference,
    type: PAYMENT_TYPES[document.type],
    status: 'AUTHORISED',
    updatedAt: ledger.now(),
  };
  ledger.transaction(() => {
    ledger.savePayment(payment);
    settle(ledger, kind, document, date);
  });
  return { payment, errors };
}

const PAYMENT_TYPES = {
  ACCREC: 'ACCRECPAYMENT',
  ACCPAY: 'ACCPAYPAYMENT',
  ACCRECCREDIT: 'ARCREDITPAYMENT',
  ACCPAYCREDIT: 'APCREDITPAYMENT',
} as const;

function paymentErrors(
  ledger: Ledger,
  document: DocumentRecord,
  input: PaymentInput,
  account: AccountRecord | undefined,
  date: string,
): string[] {
  const errors = lockErrors(ledger, date);
  if (!account || account.status !== 'ACTIVE' || (account.type !== 'BANK' && !account.paymentsEnabled)) {
    errors.push('Account could not be found, or payments to it are not enabled');
  }
  if (input.Amount === undefined || compare(input.Amount, '0') <= 0) errors.push('Payment amount must be greater than 0.00');
  if (document.status !== 'AUTHORISED' && document.status !== 'PAID') errors.push(NOT_APPROVED);
  else if (compare(input.Amount ?? '0', balanceOf(ledger, document).due) > 0) errors.push(TOO_MUCH);
  return errors;
}

function accountOf(ledger: Ledger, input: PaymentInput): AccountRecord | undefined {
  const { AccountID: id, Code: code } = input.Account ?? {};
  return ledger.accounts().find((account) => (id === undefined ? sameText(account.code, code ?? '') : account.id === id));
}

/** Payments are never edited, only deleted; the document opens again. */
export function deletePayment(ledger: Ledger, payment: PaymentRecord): PaymentResult {
  if (payment.status === 'DELETED') return { errors: [ALREADY_DELETED] };
  const errors = lockErrors(ledger, payment.date);
  if (errors.length > 0) return { errors };
  const deleted: PaymentRecord = { ...payment, status: 'DELETED', updatedAt: ledger.now() };
  ledger.transaction(() => {
    ledger.savePayment(deleted);
    const invoice = payment.invoiceId === undefined ? undefined : ledger.invoice(payment.invoiceId);
    const note = payment.creditNoteId === undefined ? undefined : ledger.creditNote(payment.creditNoteId);
    if (invoice) settle(ledger, 'invoice', invoice, payment.date);
    if (note) settle(ledger, 'credit-note', note, payment.date);
  });
  return { payment: deleted, errors: [] };
}
