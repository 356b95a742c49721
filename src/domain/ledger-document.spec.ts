import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aLine, anInvoice, aTicket } from '../../test/support/invoices.js';
import { LINE_KINDS, type InvoiceLine } from './invoice.js';
import { bookedDocument, numberInLedger } from './ledger-document.js';
import { Money } from './money.js';

const line = (key: string, more: Partial<InvoiceLine> = {}): InvoiceLine => aLine({ key, kind: 'product', ...more });

describe('an invoice as it is booked', () => {
  it('keeps number, dates, sums and the first tax code', () => {
    const invoice = anInvoice({
      number: '1042',
      date: '2026-11-02',
      dueDate: '2026-12-02',
      lines: [line('a', { quantity: '2', unitPrice: '149.5', productCode: 'AP-1', date: '2026-10-31' })],
      taxes: [
        { label: 'Florida 6%', code: 'FL', amount: '17.94' },
        { label: 'County 1%', code: 'HC', amount: '2.99' },
      ],
      purchaseOrder: 'PO-7',
      reference: 'Server rebuild',
    });
    expect(bookedDocument(invoice)).toEqual({
      kind: 'invoice',
      number: '1042',
      date: '2026-11-02',
      dueDate: '2026-12-02',
      currency: 'USD',
      lines: [
        {
          description: 'Work',
          quantity: '2',
          unitPrice: '149.50',
          amount: '299.00',
          taxable: true,
          category: 'product',
          itemCode: 'AP-1',
          date: '2026-10-31',
        },
      ],
      subtotal: '299.00',
      tax: '20.93',
      total: '319.93',
      taxCode: 'FL',
      reference: 'PO-7',
    });
  });

  it('names the reference where there is no purchase order, and neither where there is none', () => {
    expect(bookedDocument(anInvoice({ reference: 'Server rebuild' })).reference).toBe('Server rebuild');
    expect(Object.keys(bookedDocument(anInvoice()))).not.toContain('reference');
    expect(Object.keys(bookedDocument(anInvoice()))).not.toContain('taxCode');
  });

  it('becomes a credit note with turned signs when its total is negative', () => {
    const lines = [
      line('a', { quantity: '-2', unitPrice: '50.00', amount: '-100.00' }),
      line('b', { amount: '10.00', unitPrice: '10.00' }),
    ];
    const booked = bookedDocument(anInvoice({ lines, taxes: [{ label: 'GST', code: 'GST', amount: '-9.00' }] }));
    expect(booked).toMatchObject({ kind: 'credit_note', subtotal: '90.00', tax: '9.00', total: '99.00' });
    expect(booked.lines.map(({ quantity, unitPrice, amount }) => [quantity, unitPrice, amount])).toEqual([
      ['-2', '-50.00', '100.00'],
      ['1', '-10.00', '-10.00'],
    ]);
  });

  it('keeps a discount negative', () => {
    const lines = [line('a'), line('b', { kind: 'discount', unitPrice: '-15.00', amount: '-15.00' })];
    expect(bookedDocument(anInvoice({ lines })).lines[1]).toMatchObject({ category: 'discount', unitPrice: '-15.00', amount: '-15.00' });
  });

  it('leaves out what is free, covered or part of another line', () => {
    const lines = [
      line('a', { description: 'Bundle' }),
      line('b', { description: 'Free', billable: 'no_charge' }),
      line('c', { description: 'Part', kind: 'component', parentKey: 'a' }),
    ];
    expect(bookedDocument(anInvoice({ lines })).lines.map(({ description }) => description)).toEqual(['Bundle']);
  });

  it('of nothing says so in one line, since a ledger wants a line', () => {
    expect(bookedDocument(anInvoice({ number: '9', lines: [] }))).toMatchObject({
      kind: 'invoice',
      total: '0.00',
      lines: [{ description: 'Standard 9: nothing to charge', quantity: '1', unitPrice: '0', amount: '0', category: 'service' }],
    });
  });

  it.each([
    ['3', '19.9875', '59.96', ['3', '19.9875', '59.96']],
    ['3', '19.99', '59.96', ['1', '59.96', '59.96']],
    ['0', '100.00', '25.00', ['1', '25.00', '25.00']],
    ['0.3333', '150.00', '50.00', ['0.3333', '150.00', '50.00']],
    ['1', '10.005', '10.01', ['1', '10.005', '10.01']],
    ['1', '10.004', '10.01', ['1', '10.01', '10.01']],
  ])('books %s × %s = %s as %j: a product that does not add up becomes one of its amount', (quantity, unitPrice, amount, expected) => {
    const [booked] = bookedDocument(anInvoice({ lines: [line('a', { quantity, unitPrice, amount })] })).lines;
    expect([booked?.quantity, booked?.unitPrice, booked?.amount]).toEqual(expected);
  });

  it('names the ticket of a line', () => {
    const lines = [line('a', { description: 'Remote work', workOrder: aTicket('48213', 'Printer offline') })];
    expect(bookedDocument(anInvoice({ lines })).lines[0]?.description).toBe('#48213 Remote work');
  });

  it.each([
    ['2026-11-02', '2026-11-01', '2026-11-02'],
    ['2026-11-02', '2026-11-02', '2026-11-02'],
    ['2026-11-02', '2027-01-01', '2027-01-01'],
    ['2028-03-01', '2028-02-29', '2028-03-01'],
  ])('of %s that is due on %s is due on %s there', (date, dueDate, due) => {
    expect(bookedDocument(anInvoice({ date, dueDate })).dueDate).toBe(due);
  });

  it('has a category for every kind of line', () => {
    const categories = LINE_KINDS.map((kind) => bookedDocument(anInvoice({ lines: [line('a', { kind })] })).lines[0]?.category);
    expect(Object.fromEntries(LINE_KINDS.map((kind, index) => [kind, categories[index]]))).toEqual({
      time: 'service',
      expense: 'expense',
      product: 'product',
      agreement: 'agreement',
      addition: 'agreement',
      component: 'product',
      fixed_fee: 'service',
      discount: 'discount',
      down_payment: 'down_payment',
      adjustment: 'adjustment',
    });
  });

  it('sums to the invoice, whatever is on it and whichever sign it has', () => {
    const cents = fc.integer({ min: -500_000, max: 500_000 });
    fc.assert(
      fc.property(fc.array(cents, { maxLength: 8 }), (amounts) => {
        const lines = amounts.map((amount, index) => {
          const text = Money.of((amount / 100).toFixed(2), 'USD').toText();
          return line(`p:${index}`, { unitPrice: text, amount: text });
        });
        const invoice = anInvoice({ lines });
        const booked = bookedDocument(invoice);
        const sum = Money.sum(
          booked.lines.map(({ amount }) => Money.of(amount, 'USD')),
          'USD',
        );
        expect(sum.toText()).toBe(booked.subtotal);
        expect(Money.of(booked.total, 'USD').isNegative()).toBe(false);
        expect(Money.of(invoice.total, 'USD').isNegative()).toBe(booked.kind === 'credit_note');
      }),
    );
  });
});

describe('a number in the ledger', () => {
  it.each([
    ['1042', 0, '1042'],
    ['1042', 1, '1042-2'],
    ['1042', 2, '1042-3'],
    ['1042-2', 1, '1042-2-2'],
  ])('%s, voided %i times, is %s', (number, times, expected) => {
    expect(numberInLedger(number, times)).toBe(expected);
    expect(bookedDocument(anInvoice({ number }), times).number).toBe(expected);
  });
});
