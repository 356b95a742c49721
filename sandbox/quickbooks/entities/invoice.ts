import { z } from 'zod';
import type { Books } from '../books.js';
import { businessError } from '../faults.js';
import { plusDays } from '../company-time.js';
import { decimalOf, toWire } from '../money.js';
import { accept, civilDate, decimal, readOnly } from './fields.js';
import type { EntityRules } from './rules.js';
import { dueDateBy } from './due-date.js';
import { appliedTo, unlinkFromPayments } from './links.js';
import { requireActive } from './references.js';
import {
  type LinkedTxn,
  type PreparedSales,
  prepareSales,
  refuseClosedPeriod,
  salesFields,
  voidedLines,
  voidedNote,
} from './sales-document.js';
import { refuseGroupLines } from './sales-line.js';

const schema = z.strictObject({
  ...salesFields,
  DueDate: civilDate.optional(),
  ShipDate: civilDate.optional(),
  TrackingNum: z.string().max(31).optional(),
  AllowOnlineCreditCardPayment: z.boolean().optional(),
  AllowOnlineACHPayment: z.boolean().optional(),
  AllowOnlinePayment: z.boolean().optional(),
  AllowIPNPayment: z.boolean().optional(),
  Deposit: decimal.optional(),
  LinkedTxn: readOnly,
  DeliveryInfo: readOnly,
  InvoiceLink: readOnly,
});

export interface Invoice extends PreparedSales {
  DueDate: string;
  Balance: number;
  LinkedTxn: LinkedTxn[];
  Deposit?: number | undefined;
  DeliveryInfo?: { DeliveryType: 'Email'; DeliveryTime: string };
}

export const invoiceRules: EntityRules<'Invoice'> = {
  prepare({ books, before, allowDuplicateNumber }, body) {
    refuseGroupLines(body);
    if (before) refuseClosedPeriod(books, before.TxnDate);
    const sent = accept(schema, body);
    const { LinkedTxn: _l, DeliveryInfo: _d, InvoiceLink: _i, ...writable } = sent;
    const sales = prepareSales({ books, txnType: 'Invoice', before, allowDuplicateNumber }, writable);
    const term = sent.SalesTermRef && requireActive(books, 'Term', sent.SalesTermRef.value, 'SalesTermRef');
    const applied = before ? appliedTo(books, 'Invoice', before) : decimalOf(0);
    const Balance = toWire(decimalOf(sales.TotalAmt).minus(decimalOf(sent.Deposit)).minus(applied));
    if (Balance < 0) throw businessError('The total is less than what is already paid on this invoice.');
    if (before && !applied.isZero() && before.CustomerRef.value !== sales.CustomerRef.value) {
      throw businessError('The customer of an invoice with payments cannot be changed.', 'CustomerRef');
    }
    return {
      ...sales,
      AllowOnlineCreditCardPayment: sent.AllowOnlineCreditCardPayment ?? false,
      AllowOnlineACHPayment: sent.AllowOnlineACHPayment ?? false,
      AllowOnlinePayment: false,
      AllowIPNPayment: false,
      ...(sent.ShipDate ? { ShipDate: sent.ShipDate } : {}),
      ...(sent.TrackingNum ? { TrackingNum: sent.TrackingNum } : {}),
      ...(sent.Deposit === undefined ? {} : { Deposit: sent.Deposit }),
      ...(before?.DeliveryInfo ? { DeliveryInfo: before.DeliveryInfo } : {}),
      // A company without terms on the document was seen to give thirty days.
      DueDate: sent.DueDate ?? (term ? dueDateBy(term, sales.TxnDate) : plusDays(sales.TxnDate, 30)),
      LinkedTxn: before?.LinkedTxn ?? [],
      Balance,
    };
  },
  remove: {
    check(books, invoice) {
      refuseClosedPeriod(books, invoice.TxnDate);
      if (invoice.LinkedTxn.length > 0) throw businessError('Linked transactions must be unlinked before this one is deleted.');
    },
    before() {},
  },
  voiding: {
    check: (books, invoice) => refuseClosedPeriod(books, invoice.TxnDate),
    apply(books: Books, invoice) {
      unlinkFromPayments(books, 'Invoice', invoice);
      const zeroed = { TotalAmt: 0, Balance: 0, TxnTaxDetail: { TotalTax: 0 }, LinkedTxn: [], Line: voidedLines(invoice.Line) };
      return books.replace('Invoice', invoice, { ...invoice, ...zeroed, PrivateNote: voidedNote(invoice.PrivateNote) }, 'Void');
    },
  },
};
