import { describe, expect, it } from 'vitest';
import { aLine, anInvoice } from '../../test/support/invoices.js';
import { assertSums, SumsDisagree } from './invoice-sums.js';
import type { InvoiceLine } from './invoice.js';

const line = (key: string, amount: string, more: Partial<InvoiceLine> = {}): InvoiceLine =>
  aLine({ key, kind: 'product', amount, ...more });
const tax = (amount: string) => ({ label: 'GST', code: 'GST', amount });

describe('the sums of an invoice', () => {
  it.each([
    ['no lines at all', { lines: [], taxes: [], subtotal: '0', tax: '0', total: '0' }],
    ['a discount', { lines: [line('a', '100.00'), line('b', '-10.00', { kind: 'discount' })], subtotal: '90', tax: '0', total: '90.0' }],
    ['a component, which its parent charges', { lines: [line('a', '50.00'), line('b', '50.00', { parentKey: 'a' })], total: '50.00' }],
    ['two taxes', { lines: [line('a', '100.00')], taxes: [tax('6.00'), tax('1.50')], subtotal: '100', tax: '7.5', total: '107.5' }],
    ['a credit', { lines: [line('a', '-20.00')], taxes: [tax('-2.00')], subtotal: '-20', tax: '-2', total: '-22' }],
    ['yen', { currency: 'JPY', lines: [line('a', '1000')], taxes: [tax('100')], subtotal: '1000', tax: '100', total: '1100' }],
  ])('agree with %s', (_name, parts) => {
    expect(() => assertSums(anInvoice(parts))).not.toThrow();
  });

  it.each([
    ['100.00', '0', '100.00', 'the subtotal says 100.00 USD but its parts sum to 99.99 USD'],
    ['99.99', '0.01', '100.00', 'the tax says 0.01 USD but its parts sum to 0.00 USD'],
    ['99.99', '0', '99.9900001', 'the total says 99.9900001 USD but its parts sum to 99.99 USD'],
    ['99.99', '0', '-99.99', 'the total says -99.99 USD but its parts sum to 99.99 USD'],
  ])('subtotal %s, tax %s and total %s disagree: %s', (subtotal, stated, total, words) => {
    const invoice = anInvoice({ number: '1042', lines: [line('a', '99.99')], subtotal, tax: stated, total });
    expect(() => assertSums(invoice)).toThrow(`Invoice 1042: ${words}`);
  });

  it('say which number, what was stated and what came out', () => {
    const failed = (): unknown => {
      try {
        return assertSums(anInvoice({ number: '7', lines: [line('a', '1.00')], subtotal: '2.00', tax: '0', total: '2.00' }));
      } catch (error) {
        return error;
      }
    };
    const error = failed();
    expect(error).toBeInstanceOf(SumsDisagree);
    const { invoiceNumber, what, stated, computed } = error as SumsDisagree;
    expect([invoiceNumber, what, stated.toText(), computed.toText()]).toEqual(['7', 'the subtotal', '2.00', '1.00']);
  });
});
