import { describe, expect, it } from 'vitest';
import { aLine } from '../../../../test/support/invoices.js';
import { reviewFacts } from '../../../../test/support/review-facts.js';
import type { InvoiceContent, InvoiceLine, LineFacts } from '../../invoice.js';
import { productBelowCost } from './product-below-cost.js';

function check(line: Partial<InvoiceLine>, facts: LineFacts, content: Partial<InvoiceContent> = {}) {
  const lines = [aLine({ key: 'product:7', kind: 'product', description: 'Switch', ...line }, content.currency)];
  return productBelowCost.check(reviewFacts({ ...content, lines }, { lineFacts: { 'product:7': facts } }));
}

describe('a product', () => {
  it('sold for less than it cost is an error that only those may see who may see cost', () => {
    const facts = { cost: '120.00', targetId: 'product:33107', link: 'https://psa.example/p/33107' };
    expect(check({ unitPrice: '99.50' }, facts)).toEqual([
      {
        rule: 'product-below-cost',
        severity: 'error',
        title: 'Below cost',
        message: 'Switch is sold for 99.50 USD but costs 120.00 USD: a loss of 20.50 USD. Correct the price or the cost on the product.',
        lineKey: 'product:7',
        target: 'product:33107',
        link: 'https://psa.example/p/33107',
        revealsCost: true,
      },
    ]);
  });

  it('is known by its line where the record has no id', () => {
    const [finding] = check({ unitPrice: '1.00' }, { cost: '2.00' });
    expect(finding?.target).toBe('product:7');
    expect(Object.keys(finding ?? {})).not.toContain('link');
  });

  it.each([
    ['100.00', '100.00', 0],
    ['100.00', '100.004', 0],
    ['100.00', '100.005', 1],
    ['99.99', '100.00', 1],
    ['100.00', '0', 0],
    ['100.00', '-5.00', 0],
    ['100.00', '0.004', 0],
  ])('sold for %s at a cost of %s is found %i times: cost is rounded to the coin first', (unitPrice, cost, times) => {
    expect(check({ unitPrice }, { cost })).toHaveLength(times);
  });

  it('is compared in the coin of its currency', () => {
    expect(check({ unitPrice: '100' }, { cost: '100.4' }, { currency: 'JPY' })).toEqual([]);
    expect(check({ unitPrice: '100' }, { cost: '100.5' }, { currency: 'JPY' })[0]?.message).toContain('a loss of 1 JPY');
    expect(check({ unitPrice: '1.000' }, { cost: '1.001' }, { currency: 'KWD' })[0]?.message).toContain('a loss of 0.001 KWD');
  });

  it.each<[string, Partial<InvoiceLine>, LineFacts, Partial<InvoiceContent>]>([
    ['whose cost is not known', { unitPrice: '1.00' }, {}, {}],
    ['that is free', { unitPrice: '1.00', billable: 'no_charge' }, { cost: '9.00' }, {}],
    ['that is not billed', { unitPrice: '1.00', billable: 'do_not_bill' }, { cost: '9.00' }, {}],
    ['on a credit memo', { unitPrice: '-9.00' }, { cost: '9.00' }, { type: 'credit_memo' }],
    ['that is work', { kind: 'time', unitPrice: '1.00' }, { cost: '9.00' }, {}],
    ['that is part of another', { kind: 'component', unitPrice: '1.00' }, { cost: '9.00' }, {}],
  ])('%s is left alone', (_name, line, facts, content) => {
    expect(check(line, facts, content)).toEqual([]);
  });

  it('that an agreement adds is looked at like any other', () => {
    expect(check({ kind: 'addition', unitPrice: '1.00' }, { cost: '9.00' })).toHaveLength(1);
  });
});
