import { z } from 'zod';
import type { Books } from '../books.js';
import { businessError, duplicateNumber, missingParameter, periodClosed } from '../faults.js';
import { decimalOf, toWire } from '../money.js';
import type { Entity } from './entity.js';
import { address, civilDate, customField, decimal, emailAddress, envelopeFields, readOnly, ref } from './fields.js';
import { requireActive } from './references.js';
import { prepareLines, salesLine, type SalesLine } from './sales-line.js';
import { type TaxDetail, taxDetail, taxOf } from './sales-tax.js';

/** Shared by invoices and credit memos. */
export const salesFields = {
  ...envelopeFields,
  CustomerRef: ref,
  Line: z.array(salesLine).max(10_000),
  DocNumber: z.string().max(21).optional(),
  TxnDate: civilDate.optional(),
  PrivateNote: z.string().max(4000).optional(),
  CustomerMemo: z.strictObject({ value: z.string().max(1000) }).optional(),
  BillEmail: emailAddress.optional(),
  BillEmailCc: emailAddress.optional(),
  BillEmailBcc: emailAddress.optional(),
  EmailStatus: z.enum(['NotSet', 'NeedToSend', 'EmailSent']).optional(),
  PrintStatus: z.enum(['NotSet', 'NeedToPrint', 'PrintComplete']).optional(),
  SalesTermRef: ref.optional(),
  ClassRef: ref.optional(),
  DepartmentRef: ref.optional(),
  CustomField: z.array(customField).max(3).optional(),
  CurrencyRef: ref.optional(),
  ExchangeRate: decimal.optional(),
  TxnTaxDetail: taxDetail.optional(),
  ApplyTaxAfterDiscount: z.boolean().optional(),
  BillAddr: address.optional(),
  ShipAddr: address.optional(),
  GlobalTaxCalculation: readOnly,
  HomeTotalAmt: readOnly,
  TotalAmt: readOnly,
  Balance: readOnly,
  RecurDataRef: readOnly,
  FreeFormAddress: readOnly,
};

export interface LinkedTxn {
  TxnId: string;
  TxnType: string;
}

type SentSales = z.infer<z.ZodObject<typeof salesFields>>;

export interface PreparedSales extends Omit<SentSales, keyof typeof envelopeFields | 'Line' | 'TxnTaxDetail' | 'TotalAmt' | 'Balance'> {
  TxnDate: string;
  Line: SalesLine[];
  TxnTaxDetail: TaxDetail;
  CurrencyRef: { value: string; name?: string | undefined };
  TotalAmt: number;
}

export interface SalesWriting {
  books: Books;
  txnType: 'Invoice' | 'CreditMemo';
  before: (Entity<'Invoice'> | Entity<'CreditMemo'>) | undefined;
  allowDuplicateNumber: boolean;
}

export function prepareSales(writing: SalesWriting, sent: SentSales): PreparedSales {
  const { books, before } = writing;
  const customer = requireActive(books, 'Customer', sent.CustomerRef.value, 'CustomerRef');
  const TxnDate = sent.TxnDate ?? books.today;
  refuseClosedPeriod(books, TxnDate);
  if (sent.DepartmentRef) requireActive(books, 'Department', sent.DepartmentRef.value, 'DepartmentRef');
  if (sent.ClassRef) requireActive(books, 'Class', sent.ClassRef.value, 'ClassRef');
  if (sent.EmailStatus === 'NeedToSend' && !sent.BillEmail?.Address) throw missingParameter('BillEmail');
  const DocNumber = numberOf(writing, sent.DocNumber);
  const { Line, subtotal, discount, taxable } = prepareLines(books, customer, sent.Line, before?.Line ?? []);
  const TxnTaxDetail = taxOf(books, customer, {
    sent: sent.TxnTaxDetail,
    taxable,
    subtotal,
    discount,
    after: sent.ApplyTaxAfterDiscount ?? false,
  });
  const TotalAmt = toWire(decimalOf(subtotal).minus(discount).plus(TxnTaxDetail.TotalTax));
  if (TotalAmt < 0) throw businessError('The total of a transaction must not be negative.');
  const { Id: _i, SyncToken: _s, MetaData: _m, domain: _d, sparse: _p, status: _t, Balance: _b, DocNumber: _n, ...own } = sent;
  return {
    ...own,
    ...(DocNumber === undefined ? {} : { DocNumber }),
    CustomerRef: { value: customer.Id, name: customer.DisplayName },
    ...(sent.BillAddr || !customer.BillAddr ? {} : { BillAddr: customer.BillAddr }),
    ...(sent.ShipAddr || !customer.ShipAddr ? {} : { ShipAddr: customer.ShipAddr }),
    TxnDate,
    Line,
    TxnTaxDetail,
    CurrencyRef: currencyOf(books, customer.CurrencyRef, sent.CurrencyRef),
    TotalAmt,
    CustomField: sent.CustomField ?? [],
    PrintStatus: sent.PrintStatus ?? 'NotSet',
    EmailStatus: sent.EmailStatus ?? 'NotSet',
    ApplyTaxAfterDiscount: sent.ApplyTaxAfterDiscount ?? false,
  };
}

export function refuseClosedPeriod(books: Books, txnDate: string): void {
  const closed = books.options.bookCloseDate;
  if (closed !== null && txnDate <= closed) throw periodClosed();
}

export function currencyOf(books: Books, customers: { value: string; name?: string | undefined }, sent: { value: string } | undefined) {
  if (!books.options.multicurrency) {
    if (sent && sent.value !== 'USD') throw businessError('Multi Currency should be enabled to perform this operation.', 'CurrencyRef');
    return customers;
  }
  if (!sent) throw missingParameter('CurrencyRef');
  if (sent.value !== customers.value) throw businessError("The transaction's currency must be the customer's currency.", 'CurrencyRef');
  return customers;
}

/** With custom numbers on the sent number stands, or none; otherwise the company counts on from its last number. */
function numberOf(writing: SalesWriting, sent: string | undefined): string | undefined {
  const { books, before, txnType } = writing;
  if (!books.options.customTxnNumbers) return before?.DocNumber ?? nextNumber(books);
  if (sent === undefined || sent === '') return undefined;
  if (sent === 'AUTO_GENERATE') return nextNumber(books);
  const checked = books.options.warnDuplicateDocNumber && !writing.allowDuplicateNumber && sent !== before?.DocNumber;
  const other = checked && books.all(txnType).find((document) => document.DocNumber === sent && document.Id !== before?.Id);
  if (other) throw duplicateNumber(sent, txnType, other.Id);
  return sent;
}

/** The last number's trailing digits plus one, whatever stands before them. */
function nextNumber(books: Books): string {
  const last = books.store.all<Entity<'Invoice'>>('Invoice').at(-1)?.DocNumber ?? '1000';
  const [, prefix = '', digits = '1000'] = /^(.*?)(\d*)$/s.exec(last) ?? [];
  return `${prefix}${decimalOf(digits || '0')
    .plus(1)
    .toFixed(0)
    .padStart(digits.length, '0')}`;
}

export function voidedLines(lines: readonly SalesLine[]): SalesLine[] {
  return lines.map((line) =>
    line.DetailType === 'SalesItemLineDetail'
      ? { ...line, Amount: 0, SalesItemLineDetail: { ...line.SalesItemLineDetail, Qty: 0 } }
      : line.DetailType === 'DescriptionOnly'
        ? line
        : { ...line, Amount: 0 },
  );
}

export function voidedNote(note: string | undefined): string {
  return note ? `Voided - ${note}` : 'Voided';
}
