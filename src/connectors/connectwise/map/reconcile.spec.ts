import { describe, expect, it } from 'vitest';
import { contentOf, header, lineOf, problemOf, productRow, timeRow, type SamplePayload } from './payload.fixture.js';

describe('amounts of the header', () => {
  const bare = (payload: SamplePayload, fields: Record<string, unknown>): void => {
    Object.assign(payload, { time: [], products: [], expenses: [] });
    header(payload, { expenseTotal: 0, productTotal: 0, salesTax: 0, ...fields });
  };

  it('become lines for progress, less what was billed before', () => {
    const progress = contentOf((payload) => {
      bare(payload, { type: 'Progress', serviceTotal: 4800, previousProgressApplied: 2400, subtotal: 2400, total: 2400 });
      header(payload, { ticket: null, project: { id: 700, name: 'Cloud' }, phase: { id: 1700, name: 'Build' } });
      payload.time = [timeRow(1, { invoiceHours: 0, extendedInvoiceAmount: 0 })];
    });
    expect(lineOf('header:services', progress)).toMatchObject({
      kind: 'fixed_fee',
      description: 'Fixed fee to date, Build',
      amount: '4800.00',
      workOrder: { kind: 'project' },
    });
    expect(lineOf('header:previous-progress', progress)).toMatchObject({ kind: 'adjustment', amount: '-2400.00' });
  });

  it('become lines for down payments and miscellaneous invoices', () => {
    const down = contentOf((payload) => bare(payload, { type: 'DownPayment', serviceTotal: 250, subtotal: 250, total: 250 }));
    expect(lineOf('header:services', down)).toMatchObject({ kind: 'down_payment', description: 'Server rebuild', amount: '250.00' });
    const misc = contentOf((payload) =>
      bare(payload, { type: 'Miscellaneous', serviceTotal: 444, subtotal: 444, total: 444, reference: null }),
    );
    expect(lineOf('header:services', misc)).toMatchObject({ kind: 'fixed_fee', description: 'Miscellaneous', amount: '444.00' });
  });

  it('become a fixed fee where time is listed at no value', () => {
    const fixed = contentOf((payload) => void (payload.time = [timeRow(1, { invoiceHours: 0, extendedInvoiceAmount: 0 })]));
    expect(lineOf('header:services', fixed)).toMatchObject({ kind: 'fixed_fee', amount: '375.00' });
  });

  it('take off discounts and down payments, whichever sign the installation has', () => {
    for (const sign of [-25, 25]) {
      const less = contentOf((payload) => void header(payload, { serviceAdjustmentAmount: sign, subtotal: 635.5, total: 655.3 }));
      expect(lineOf('header:service-adjustment', less)).toMatchObject({ kind: 'discount', amount: '-25.00' });
    }
    const more = contentOf((payload) => void header(payload, { serviceAdjustmentAmount: 25, subtotal: 685.5, total: 705.3 }));
    expect(lineOf('header:service-adjustment', more)).toMatchObject({ kind: 'adjustment', amount: '25.00' });
    const paid = contentOf((payload) => void header(payload, { downpaymentApplied: 250, subtotal: 410.5, total: 430.3 }));
    expect(lineOf('header:down-payment', paid)).toMatchObject({ kind: 'down_payment', amount: '-250.00', taxable: false });
  });

  it('of credit memos keep their sign', () => {
    const memo = contentOf((payload) => {
      bare(payload, { type: 'CreditMemo', serviceTotal: 0, productTotal: -240, subtotal: -240, salesTax: -19.8, total: -259.8 });
      payload.products = [productRow(1, { quantity: -2, extPrice: -240, extCost: -169 })];
    });
    expect(memo).toMatchObject({ type: 'credit_memo', typeLabel: 'Credit Memo', total: '-259.80', tax: '-19.80' });
    expect(memo.taxes.map(({ amount }) => amount)).toEqual(['-14.40', '-5.40']);
  });
});

describe('figures that do not agree', () => {
  it('by a coin or two get a line that says so', () => {
    const off = contentOf((payload) => void header(payload, { serviceTotal: 375.02, subtotal: 660.52, total: 680.32 }));
    expect(lineOf('rounding:services', off)).toMatchObject({ kind: 'adjustment', description: 'Rounding', amount: '0.02' });
    const sub = contentOf((payload) => void header(payload, { subtotal: 660.49, total: 680.29 }));
    expect(lineOf('rounding:subtotal', sub)).toMatchObject({ amount: '-0.01' });
  });

  it('because each line was rounded are made good, however many lines', () => {
    const many = contentOf((payload) => {
      payload.time = Array.from({ length: 300 }, (_, index) => timeRow(index + 1, { extendedInvoiceAmount: 10.004 }));
      header(payload, { serviceTotal: 3001.2, subtotal: 3286.7, total: 3306.5 });
    });
    expect(lineOf('rounding:services', many).amount).toBe('1.20');
  });

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    [
      'services',
      { serviceTotal: 375.03, subtotal: 660.53, total: 680.33 },
      'invoice.serviceTotal',
      /the service total is 375\.03 USD, but its lines sum to 375\.00 USD/,
    ],
    [
      'expenses',
      { expenseTotal: 50, subtotal: 665, total: 684.8 },
      'invoice.expenseTotal',
      /the expense total is 50\.00 USD, but its lines sum to 45\.50 USD/,
    ],
    [
      'products',
      { productTotal: 0, subtotal: 420.5, total: 440.3 },
      'invoice.productTotal',
      /the product total is 0\.00 USD, but its lines sum to 240\.00 USD/,
    ],
    ['the subtotal', { subtotal: 700, total: 719.8 }, 'invoice.subtotal', /the subtotal is 700\.00 USD, but .* sum to 660\.50 USD/],
    ['the total', { total: 681.3 }, 'invoice.total', /subtotal 660\.50 USD and the sales tax 19\.80 USD do not make the total 681\.30 USD/],
  ])('in %s are a problem with both figures', (_what, fields, field, words) => {
    const found = problemOf((payload) => void header(payload, fields));
    expect(found.field).toBe(field);
    expect(found.message).toMatch(words);
    expect(found.message).toContain('1201');
  });

  it('in the parts of an agreement are a problem too', () => {
    const found = problemOf((payload) => {
      header(payload, { agreementAmount: 500, subtotal: 1160.5, total: 1180.3 });
      payload.agreementParts = [{ agreementRecId: 88, agreementName: 'Gold', agreementAmount: 420 }];
    });
    expect(found.field).toBe('invoice.agreementAmount');
  });

  it('are no fixed fee where rows are simply missing', () => {
    expect(problemOf((payload) => void (payload.time = [])).field).toBe('invoice.serviceTotal');
  });
});
