import { describe, expect, it } from 'vitest';
import { ledgerDocument } from '../../../test/support/xero.js';
import type { CodeMapping, LedgerCodes, LedgerDocument, LedgerLine } from '../../ports/accounting-ledger.js';
import { ROUNDING_NAME } from './code-choice.js';
import { prepareDocument } from './mapper.js';

const CODES: LedgerCodes = {
  categories: [
    { code: '200', name: 'Sales', active: true },
    { code: '220', name: 'Hardware', active: true },
    { code: '240', name: 'Old Web Hosting', active: false },
    { code: '860', name: ROUNDING_NAME, active: false },
  ],
  taxes: [
    { code: 'OUTPUT', name: 'GST on Income', rate: '10', active: true },
    { code: 'EXEMPTOUTPUT', name: 'GST Free Income', rate: '0', active: true },
    { code: 'TAX001', name: 'Old levy', rate: '12.5', active: false },
  ],
};
const WITHOUT_ROUNDING: LedgerCodes = { ...CODES, categories: CODES.categories.slice(0, 3) };
const MAPPING: CodeMapping = {
  categories: { service: '200', product: '220', discount: '200', agreement: '200' },
  taxes: { taxable: 'OUTPUT', exempt: 'EXEMPTOUTPUT' },
};

const line = (quantity: string, unitPrice: string, amount: string, more: Partial<LedgerLine> = {}): LedgerLine => ({
  description: 'Labour',
  quantity,
  unitPrice,
  amount,
  taxable: true,
  category: 'service',
  ...more,
});
const prepared = (document: Partial<LedgerDocument>, mapping = MAPPING, codes = CODES) =>
  prepareDocument(ledgerDocument(document), mapping, codes);
const body = (document: Partial<LedgerDocument>, mapping = MAPPING, codes = CODES) =>
  JSON.parse(prepared(document, mapping, codes).body) as Record<string, unknown> & { LineItems: Record<string, unknown>[] };
const money = (subtotal: string, tax: string, total: string) => ({ subtotal, tax, total });

describe('an invoice', () => {
  it('is these bytes, and the same ones every time', () => {
    const first = prepared({});
    expect(first.body).toBe(
      '{"Type":"ACCREC","Contact":{"ContactID":"7c0d5a52-64c5-4a5f-8f3a-0f2f5f1c3333"},' +
        '"LineItems":[{"Description":"Labour","Quantity":1,"UnitAmount":100,"AccountCode":"200","TaxType":"OUTPUT","TaxAmount":10,"LineAmount":100}],' +
        '"Date":"2026-11-02","DueDate":"2026-11-16","LineAmountTypes":"Exclusive","InvoiceNumber":"1042","Reference":"PO 77",' +
        '"Url":"https://billing.example/invoices/0199aaaa#CS-0199aaaa-1","CurrencyCode":"AUD","Status":"AUTHORISED"}',
    );
    expect(prepared({})).toEqual(first);
    expect(first).toMatchObject({ number: '1042', kind: 'invoice', total: '110.00', items: [] });
  });

  it('keeps its dates whatever the zone of this process', () => {
    expect(body({ date: '2026-11-02T00:00:00+13:00' })).toMatchObject({ Date: '2026-11-02', DueDate: '2026-11-16' });
  });

  it.each([
    ['a link that is not https', 'http://localhost:3000/invoices/1'],
    ['a link with the name that the vendor refuses', 'https://xero-billing.example/invoices/1'],
    ['no link', undefined],
  ])('with %s carries its marker in the reference', (_name, link) => {
    const document = ledgerDocument();
    delete document.link;
    const wire = JSON.parse(prepareDocument({ ...document, ...(link && { link }) }, MAPPING, CODES).body) as Record<string, unknown>;
    expect(wire).toMatchObject({ Reference: 'PO 77 [CS-0199aaaa-1]' });
    expect(wire).not.toHaveProperty('Url');
  });

  it('leaves room for the marker in a long reference', () => {
    const reference = String(body({ kind: 'credit_note', reference: 'x'.repeat(400) })['Reference']);
    expect(reference).toHaveLength(255);
    expect(reference.endsWith(' [CS-0199aaaa-1]')).toBe(true);
  });
});

describe('a credit note', () => {
  it('has its own names, no due date and no link', () => {
    const wire = body({ kind: 'credit_note', number: 'CM-7' });
    expect(wire).toMatchObject({ Type: 'ACCRECCREDIT', CreditNoteNumber: 'CM-7', Reference: 'PO 77 [CS-0199aaaa-1]' });
    expect(Object.keys(wire)).not.toEqual(expect.arrayContaining(['DueDate', 'Url', 'InvoiceNumber']));
  });
});

describe('lines', () => {
  it('keep four decimal places of a price', () => {
    expect(body({ lines: [line('3', '19.9875', '59.96')], ...money('59.96', '6.00', '65.96') }).LineItems[0]).toMatchObject({
      Quantity: 3,
      UnitAmount: 19.9875,
      LineAmount: 59.96,
      TaxAmount: 6,
    });
  });

  it('with a finer price are rounded to four places where that makes no difference', () => {
    expect(body({ lines: [line('3', '33.333333', '100.00')] }).LineItems).toEqual([
      expect.objectContaining({ Quantity: 3, UnitAmount: 33.3333, LineAmount: 100 }),
    ]);
  });

  it('whose maths differ by a cent are made up by a rounding line', () => {
    const wire = body({ lines: [line('3', '33.33', '100.00')] });
    expect(wire.LineItems).toEqual([
      { Description: 'Labour', Quantity: 3, UnitAmount: 33.33, LineAmount: 99.99, AccountCode: '200', TaxType: 'OUTPUT', TaxAmount: 10 },
      {
        Description: 'Rounding',
        Quantity: 1,
        UnitAmount: 0.01,
        LineAmount: 0.01,
        AccountCode: '860',
        TaxType: 'EXEMPTOUTPUT',
        TaxAmount: 0,
      },
    ]);
  });

  it('whose maths differ become 1 × amount where there is no rounding account, or more than rounding to book', () => {
    const restated = { Description: 'Labour (3 × 33.33)', Quantity: 1, UnitAmount: 100, LineAmount: 100 };
    expect(body({ lines: [line('3', '33.33', '100.00')] }, MAPPING, WITHOUT_ROUNDING).LineItems).toEqual([
      expect.objectContaining(restated),
    ]);
    expect(body({ lines: [line('10000', '0.00125', '12.50')], ...money('12.50', '1.25', '13.75') }).LineItems).toEqual([
      expect.objectContaining({ Description: 'Labour (10000 × 0.00125)', Quantity: 1, UnitAmount: 12.5 }),
    ]);
    expect(body({ lines: [line('2', '150', '100.00')] }).LineItems).toHaveLength(1);
  });

  it('that together are more than rounding are restated one by one', () => {
    const lines = Array.from({ length: 11 }, () => line('3', '33.33', '100.00'));
    const wire = body({ lines, ...money('1100.00', '110.00', '1210.00') });
    expect(wire.LineItems).toHaveLength(11);
    expect(wire.LineItems.every((item) => item['UnitAmount'] === 100)).toBe(true);
  });

  it('with a quantity finer than four places become 1 × amount', () => {
    expect(body({ lines: [line('1.33333', '75', '100.00')] }).LineItems[0]).toMatchObject({ Quantity: 1, UnitAmount: 100 });
  });

  it('may be negative, and a negative quantity becomes a negative price', () => {
    const wire = body({
      lines: [line('2', '100', '200.00'), line('-1', '50', '-50.00', { category: 'discount', description: 'Discount' })],
      ...money('150.00', '15.00', '165.00'),
    });
    expect(wire.LineItems).toMatchObject([
      { LineAmount: 200, TaxAmount: 20 },
      { Quantity: 1, UnitAmount: -50, LineAmount: -50, TaxAmount: -5 },
    ]);
  });

  it('of covered work show their quantity at no price, and without a quantity they only say something', () => {
    const wire = body({
      lines: [line('1.5', '180', '0.00'), line('0', '180', '0.00', { description: 'Note' }), line('1', '100', '100.00')],
    });
    expect(wire.LineItems[0]).toMatchObject({ Quantity: 1.5, UnitAmount: 0, LineAmount: 0, TaxAmount: 0, AccountCode: '200' });
    expect(wire.LineItems[1]).toEqual({ Description: 'Note' });
  });

  it('never say nothing, nor more than 4,000 characters, nor half an emoji', () => {
    const long = `${'x'.repeat(3_998)}🐠 and on`;
    const lines = [line('1', '60', '60.00', { description: '  ' }), line('1', '40', '40.00', { description: long })];
    const [empty, cut] = body({ lines }).LineItems.map((item) => String(item['Description']));
    expect(empty).toBe('service');
    expect(cut).toBe(`${'x'.repeat(3_998)}…`);
  });
});

describe('tax', () => {
  it('is split over the taxable lines so that it sums to the cent', () => {
    const lines = [
      line('1', '0.33', '0.33'),
      line('1', '0.33', '0.33'),
      line('1', '0.34', '0.34'),
      line('1', '9', '9.00', { taxable: false }),
    ];
    const wire = body({ lines, ...money('10.00', '0.10', '10.10') });
    expect(wire.LineItems.map((item) => item['TaxAmount'])).toEqual([0.03, 0.03, 0.04, 0]);
    expect(wire.LineItems.map((item) => item['TaxType'])).toEqual(['OUTPUT', 'OUTPUT', 'OUTPUT', 'EXEMPTOUTPUT']);
  });

  it("is the document's even where the rate would give another", () => {
    expect(prepared({ ...money('100.00', '9.99', '109.99') }).total).toBe('109.99');
  });

  it("goes by the PSA's tax code first", () => {
    const mapping = { ...MAPPING, taxes: { ...MAPPING.taxes, GST: 'OUTPUT', taxable: 'TAX001' } };
    expect(body({ taxCode: 'GST' }, mapping).LineItems[0]).toMatchObject({ TaxType: 'OUTPUT' });
    expect(() => prepared({ taxCode: 'OTHER' }, mapping)).toThrow(/TAX001.*cannot be used/);
  });

  it('of nothing books an exempt customer as exempt', () => {
    expect(body(money('100.00', '0.00', '100.00')).LineItems[0]).toMatchObject({ TaxType: 'EXEMPTOUTPUT', TaxAmount: 0 });
  });

  it('of nothing on nothing keeps the taxable code', () => {
    const wire = body({ lines: [line('2', '0', '0.00')], ...money('0.00', '0.00', '0.00') });
    expect(wire.LineItems[0]).toMatchObject({ TaxType: 'OUTPUT' });
  });
});

describe('nothing is sent', () => {
  const refused = (document: Partial<LedgerDocument>, mapping = MAPPING, codes = CODES) => {
    try {
      prepared(document, mapping, codes);
    } catch (error) {
      expect(error).toMatchObject({ name: 'ConnectorError', kind: 'invalid' });
      return (error as Error).message;
    }
    return 'nothing was refused';
  };

  it.each<[string, Partial<LedgerDocument>, RegExp]>([
    ['the total is not the sum', { total: '111.00' }, /come to 110 .* its total is 111\.00/],
    ['the lines miss the subtotal by more than rounding', money('101.00', '10.00', '111.00'), /1 away from its subtotal/],
    ['tax is charged on no line', { lines: [line('1', '100', '100.00', { taxable: false })] }, /no line of it is taxable/],
    [
      'tax is charged on lines that sum to nothing',
      { lines: [line('1', '5', '5.00'), line('1', '-5', '-5.00')], ...money('0.00', '1.00', '1.00') },
      /no line of it is taxable/,
    ],
    ['the number is not plain', { number: '№ 7' }, /plain characters/],
    ['the number has quotes', { number: '10"42' }, /quotes/],
    ['the number is too long', { number: 'x'.repeat(256) }, /255/],
    ['the total is below zero', { lines: [line('1', '-5', '-5.00')], ...money('-5.00', '0.00', '-5.00') }, /credit note/],
    ['an amount has three decimals', money('100.005', '10.00', '110.005'), /two decimal places/],
    ['an amount is out of range', money('99999999999.00', '0.00', '99999999999.00'), /more than Xero can hold/],
    ['there are no lines', { lines: [], ...money('0.00', '0.00', '0.00') }, /no lines/],
    ['a category has no account', { lines: [line('1', '100', '100.00', { category: 'expense' })] }, /No account is chosen for expense/],
  ])('when %s', (_name, document, words) => {
    expect(refused(document)).toMatch(words);
  });

  it('when a mapping leads nowhere', () => {
    expect(refused({}, { ...MAPPING, categories: { service: '999' } })).toMatch(/999 does not exist/);
    expect(refused({}, { ...MAPPING, categories: { service: '240' } })).toMatch(/240 .*cannot be used/);
    expect(refused({}, { ...MAPPING, taxes: {} })).toMatch(/No tax code is chosen for taxable lines/);
    expect(refused(money('100.00', '0.00', '100.00'), { ...MAPPING, taxes: {} })).toMatch(/without tax/);
    expect(refused({}, { ...MAPPING, taxes: { taxable: 'EXEMPTOUTPUT' } })).toMatch(/which is 0 %/);
  });

  it('when rounding has nowhere to go', () => {
    expect(refused(money('100.01', '10.00', '110.01'), MAPPING, WITHOUT_ROUNDING)).toMatch(/no rounding account/);
  });
});
