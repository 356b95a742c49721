import { describe, expect, it } from 'vitest';
import { ledgerDocument } from '../../../test/support/quickbooks.js';
import type { CodeMapping, LedgerCodes, LedgerDocument, LedgerLine } from '../../ports/accounting-ledger.js';
import { prepareDocument } from './mapper.js';

const codes: LedgerCodes = {
  categories: [
    { code: '1', name: 'Services', active: true },
    { code: '3', name: 'Income:Hardware', active: true },
    { code: '11', name: 'Consulting (deleted)', active: false },
  ],
  taxes: [
    { code: 'TAX', name: 'Taxable', active: true },
    { code: 'NON', name: 'Not taxable', rate: '0', active: true },
    { code: '2', name: 'Hillsborough', rate: '7.5', active: true },
  ],
};
const mapping: CodeMapping = {
  categories: { service: '1', product: '3', discount: '1', adjustment: '1' },
  taxes: { taxable: 'TAX', exempt: 'NON' },
};
const itemIds = { 'Services/1': '7', 'product/SW-48': '8', 'Discounts/1': '9', 'Rounding/1': '10', 'Products/3': '12' };

interface SentBody {
  Line: { Description: string; SalesItemLineDetail: Record<string, unknown>; [field: string]: unknown }[];
  [field: string]: unknown;
}

const prepare = (more: Partial<LedgerDocument> = {}, choice = mapping) => prepareDocument(ledgerDocument(more), choice, codes, itemIds);
const sent = (more: Partial<LedgerDocument> = {}) => JSON.parse(prepare(more).body) as SentBody;
const line = (more: Partial<LedgerLine> = {}): LedgerLine => ({
  description: 'Labour',
  quantity: '1',
  unitPrice: '100',
  amount: '100.00',
  taxable: false,
  category: 'service',
  ...more,
});

describe('a document as an Invoice', () => {
  it('says exactly this, always in the same bytes', () => {
    const document: Partial<LedgerDocument> = {
      lines: [
        line({ description: '#77 On-site', quantity: '2.5', unitPrice: '150', amount: '375.00', date: '2026-10-29' }),
        line({
          description: 'Switch',
          quantity: '1',
          unitPrice: '80',
          amount: '80.00',
          taxable: true,
          category: 'product',
          itemCode: 'SW-48',
        }),
        line({ description: 'Loyal customer', quantity: '1', unitPrice: '-55', amount: '-55.00', category: 'discount' }),
      ],
      subtotal: '400.00',
      tax: '6.00',
      total: '406.00',
    };
    const prepared = prepare(document);
    expect(prepared).toEqual({ number: '1042', kind: 'invoice', total: '406.00', items: [], body: prepare(document).body });
    expect(prepared.body).toBe(
      '{"CustomerRef":{"value":"1"},"DocNumber":"1042","TxnDate":"2026-11-02","DueDate":"2026-11-16","CurrencyRef":{"value":"USD"},' +
        '"CustomerMemo":{"value":"PO 77"},"PrivateNote":"[CS-0199aaaa-1]","Line":[' +
        '{"LineNum":1,"Description":"#77 On-site","Amount":375,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":' +
        '{"ItemRef":{"value":"7"},"Qty":2.5,"UnitPrice":150,"ServiceDate":"2026-10-29","TaxCodeRef":{"value":"NON"}}},' +
        '{"LineNum":2,"Description":"Switch","Amount":80,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":' +
        '{"ItemRef":{"value":"8"},"Qty":1,"UnitPrice":80,"TaxCodeRef":{"value":"TAX"}}},' +
        '{"LineNum":3,"Description":"Loyal customer","Amount":-55,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":' +
        '{"ItemRef":{"value":"9"},"Qty":1,"UnitPrice":-55,"TaxCodeRef":{"value":"NON"}}}],' +
        '"TxnTaxDetail":{"TotalTax":6}}',
    );
  });

  it('a credit memo has no due date', () => {
    expect(prepare({ kind: 'credit_note' }).kind).toBe('credit_note');
    expect(sent({ kind: 'credit_note' })).not.toHaveProperty('DueDate');
  });

  it('cuts dates as text, whatever the zone of this process', () => {
    expect(sent({ date: '2026-10-01T00:00:00Z', dueDate: '2026-10-31T23:59:59-08:00' })).toMatchObject({
      TxnDate: '2026-10-01',
      DueDate: '2026-10-31',
    });
  });
});

describe('lines', () => {
  const one = (more: Partial<LedgerLine>) => {
    const whole = line(more);
    return sent({ lines: [whole], subtotal: whole.amount, tax: '0', total: whole.amount }).Line[0];
  };

  it.each([
    ['rounds within a cent', { quantity: '3', unitPrice: '19.9875', amount: '59.96' }, 3, 19.9875],
    ['turns the sign of a negative quantity', { quantity: '-2', unitPrice: '50', amount: '-100.00' }, 2, -50],
  ])('%s', (_name, more, quantity, price) => {
    const subtotal = { ...more, category: 'service' as const };
    const whole = [line(subtotal), line({ quantity: '1', unitPrice: '200', amount: '200.00' })];
    const total = more.amount === '59.96' ? '259.96' : '100.00';
    const [first] = sent({ lines: whole, subtotal: total, tax: '0', total }).Line;
    expect(first?.SalesItemLineDetail).toMatchObject({ Qty: quantity, UnitPrice: price });
  });

  it.each([
    ['does not multiply to the amount', { quantity: '3', unitPrice: '33', amount: '100.00' }, '(3 × 33)'],
    ['has more places than are kept', { quantity: '0.333333', unitPrice: '300', amount: '100.00' }, '(0.333333 × 300)'],
    ['has no quantity', { quantity: '0', unitPrice: '100', amount: '100.00' }, '(0 × 100)'],
  ])('a line that %s becomes one of its amount and says so', (_name, more, words) => {
    expect(one(more)).toMatchObject({ Amount: 100, Description: `Labour ${words}`, SalesItemLineDetail: { Qty: 1, UnitPrice: 100 } });
  });

  it('cuts long descriptions and never through the middle of a character', () => {
    expect(one({ description: 'x'.repeat(5_000) })?.Description).toHaveLength(4_000);
    const cut = one({ description: `${'x'.repeat(3_998)}🐠🐠` })?.Description;
    expect(cut).toBe(`${'x'.repeat(3_998)}…`);
    expect(one({ description: ' ' })?.Description).toBe('service');
  });

  it('books a small difference between lines and subtotal as a line of its own, and refuses a large one', () => {
    expect(sent({ lines: [line({ amount: '99.97', unitPrice: '99.97' })], tax: '0', total: '100.00' }).Line[1]).toMatchObject({
      Description: 'Rounding',
      Amount: 0.03,
      SalesItemLineDetail: { ItemRef: { value: '10' }, TaxCodeRef: { value: 'NON' } },
    });
    expect(() => prepare({ lines: [line({ amount: '99.80' })], tax: '0', total: '100.00' })).toThrow('more than rounding');
  });

  it('names the items that are still missing, each once, and books nothing by accident meanwhile', () => {
    const lines = [line({ amount: '50.00', unitPrice: '50' }), line({ amount: '50.00', unitPrice: '50' })];
    const prepared = prepareDocument(ledgerDocument({ lines, tax: '0', total: '100.00' }), mapping, codes, {});
    expect(prepared.items).toEqual([{ kind: 'item', key: 'Services/1', name: 'Services (Services)', category: 'service', mappedTo: '1' }]);
    expect(prepared.body).toContain('"ItemRef":{"value":"Services/1"}');
  });

  it('asks for another item once another account is chosen', () => {
    const other = { ...mapping, categories: { ...mapping.categories, service: '3' } };
    expect(prepareDocument(ledgerDocument(), other, codes, itemIds).items).toMatchObject([{ key: 'Services/3', mappedTo: '3' }]);
  });
});

describe('tax', () => {
  it('marks every line as not taxable when the document charges none, so that none is added', () => {
    const body = sent({ tax: '0', total: '100.00' });
    expect(body.Line[0]?.SalesItemLineDetail['TaxCodeRef']).toEqual({ value: 'NON' });
    expect(body).not.toHaveProperty('TxnTaxDetail');
  });

  it('names a rate where the mapping has one, by the code of the PSA first', () => {
    const rated = { ...mapping, taxes: { taxable: 'TAX', 'FL-HILLS': '2' } };
    const body = prepareDocument(ledgerDocument({ taxCode: 'FL-HILLS' }), rated, codes, itemIds).body;
    expect(JSON.parse(body)).toMatchObject({ TxnTaxDetail: { TxnTaxCodeRef: { value: '2' }, TotalTax: 7.5 } });
  });
});

describe('nothing is sent that cannot be met', () => {
  it.each([
    ['a number of 22 characters', { number: 'N'.repeat(22) }, 'up to 21 characters'],
    ['no number', { number: ' ' }, 'it has none'],
    ['a total below zero', { total: '-1.00' }, 'credit memo'],
    ['half cents', { tax: '7.505' }, '2 decimal places'],
    ['more than fits', { total: '99999999999.00' }, 'more than'],
    ['no lines', { lines: [] }, 'no lines'],
    ['tax on nothing', { lines: [line()] }, 'no line of it is taxable'],
    [
      'tax on lines that come to nothing',
      { lines: [line({ taxable: true }), line({ taxable: true, amount: '-100.00' }), line()] },
      'taxable',
    ],
    ['tax below zero', { tax: '-7.50' }, 'below zero'],
    ['a total that is no sum', { total: '107.51' }, 'its lines and tax come to 107.5 in'],
    ['too many taxed lines', { lines: Array.from({ length: 751 }, () => line({ taxable: true })), subtotal: '75100.00' }, 'takes 750'],
  ])('%s', (_name, more, words) => {
    expect(() => prepare(more)).toThrow(expect.objectContaining({ kind: 'invalid', message: expect.stringContaining(words) as string }));
  });

  it.each([
    ['no account chosen', { ...mapping, categories: {} }, 'No account is chosen for service'],
    ['an account that is gone', { ...mapping, categories: { service: '99' } }, 'does not exist'],
    ['an inactive account', { ...mapping, categories: { service: '11' } }, 'inactive'],
    ['tax mapped to none', { ...mapping, taxes: { taxable: 'NON' } }, 'not taxable'],
    ['a rate that is gone', { ...mapping, taxes: { taxable: '77' } }, 'does not exist'],
  ])('%s', (_name, choice, words) => {
    expect(() => prepare({}, choice)).toThrow(
      expect.objectContaining({ kind: 'invalid', message: expect.stringContaining(words) as string }),
    );
  });

  it('too many lines even without tax', () => {
    const lines = Array.from({ length: 10_000 }, () => line());
    expect(() => prepare({ lines, tax: '0' })).toThrow('more than QuickBooks takes');
  });
});
