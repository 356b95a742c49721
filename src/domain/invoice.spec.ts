import { expect, it } from 'vitest';
import { INVOICE_TYPES, LINE_KINDS } from './invoice.js';

it('the kinds of invoices and lines are these: they stand in stored invoices and in content hashes, so none is ever renamed', () => {
  expect(INVOICE_TYPES).toEqual([
    'standard',
    'agreement',
    'progress',
    'credit_memo',
    'down_payment',
    'miscellaneous',
    'consolidated',
    'other',
  ]);
  expect(LINE_KINDS).toEqual([
    'time',
    'expense',
    'product',
    'agreement',
    'addition',
    'component',
    'fixed_fee',
    'discount',
    'down_payment',
    'adjustment',
  ]);
});
