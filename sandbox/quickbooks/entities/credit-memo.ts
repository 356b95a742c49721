import { z } from 'zod';
import { businessError } from '../faults.js';
import { decimalOf, toWire } from '../money.js';
import { accept, readOnly } from './fields.js';
import { appliedTo, unlinkFromPayments } from './links.js';
import type { EntityRules } from './rules.js';
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

const schema = z.strictObject({ ...salesFields, RemainingCredit: readOnly, LinkedTxn: readOnly, PaymentMethodRef: readOnly });

export interface CreditMemo extends PreparedSales {
  RemainingCredit: number;
  Balance: number;
  LinkedTxn: LinkedTxn[];
}

export const creditMemoRules: EntityRules<'CreditMemo'> = {
  prepare({ books, before, allowDuplicateNumber }, body) {
    refuseGroupLines(body);
    if (before) refuseClosedPeriod(books, before.TxnDate);
    const { RemainingCredit: _r, LinkedTxn: _l, PaymentMethodRef: _p, ...sent } = accept(schema, body);
    const sales = prepareSales({ books, txnType: 'CreditMemo', before, allowDuplicateNumber }, sent);
    const applied = before ? appliedTo(books, 'CreditMemo', before) : decimalOf(0);
    const RemainingCredit = toWire(decimalOf(sales.TotalAmt).minus(applied));
    if (RemainingCredit < 0) throw businessError('The total is less than what is already used of this credit memo.');
    return { ...sales, RemainingCredit, Balance: RemainingCredit, LinkedTxn: before?.LinkedTxn ?? [] };
  },
  remove: {
    check(books, credit) {
      refuseClosedPeriod(books, credit.TxnDate);
      if (credit.LinkedTxn.length > 0) throw businessError('Linked transactions must be unlinked before this one is deleted.');
    },
    before() {},
  },
  voiding: {
    check(books, credit) {
      refuseClosedPeriod(books, credit.TxnDate);
      if (credit.LinkedTxn.length > 0) throw businessError('A credit memo that is applied cannot be voided.');
    },
    apply(books, credit) {
      unlinkFromPayments(books, 'CreditMemo', credit);
      const zeroed = { TotalAmt: 0, Balance: 0, RemainingCredit: 0, TxnTaxDetail: { TotalTax: 0 }, Line: voidedLines(credit.Line) };
      return books.replace('CreditMemo', credit, { ...credit, ...zeroed, PrivateNote: voidedNote(credit.PrivateNote) }, 'Void');
    },
  },
};
