import { describe, expect, it } from 'vitest';
import type { InvoiceContent } from '../../../domain/invoice.js';
import { contentOf, header, productRow } from './payload.fixture.js';

const taxable = ({ lines }: InvoiceContent) => Object.fromEntries(lines.map((line) => [line.kind, line.taxable]));

describe('sales tax', () => {
  it('is the header’s in one line where the levels do not explain it', () => {
    const other = contentOf((payload) => void header(payload, { salesTax: 21, total: 681.5 }));
    expect(other.taxes).toEqual([{ label: 'Florida sales tax', code: 'FL-Hillsborough', amount: '21.00' }]);
  });

  it('is in one line where a level has a cap, or is an amount', () => {
    for (const special of [{ levelOneTaxableMax: 5000 }, { levelTwoRateType: 'Amount' }]) {
      const { taxes } = contentOf((payload) => void Object.assign(payload.taxCode ?? {}, special));
      expect(taxes.map(({ amount }) => amount)).toEqual(['19.80']);
    }
  });

  it('is in one line where another system worked it out, and all lines count as taxed', () => {
    const outside = contentOf((payload) => void (payload.taxCode = { id: 11, invoiceCaption: 'Sales tax', levelOneRate: 0 }));
    expect(outside.taxes.map(({ label, amount }) => [label, amount])).toEqual([['Sales tax', '19.80']]);
    expect(taxable(outside)).toEqual({ product: true, time: true, expense: true });
    const untold = contentOf((payload) => void delete payload.taxCode);
    expect(untold.taxes.map(({ label }) => label)).toEqual(['FL-Hillsborough']);
  });

  it('has the fall-back code where the invoice names none', () => {
    const nameless = contentOf((payload) => {
      header(payload, { taxCode: {} });
      delete payload.taxCode;
    });
    expect(nameless.taxes).toEqual([{ label: 'Sales tax', code: 'taxable', amount: '19.80' }]);
    expect(taxable(nameless)).toEqual({ product: false, time: false, expense: false });
  });

  it('of nothing is no line', () => {
    const none = contentOf((payload) => void header(payload, { taxableFlag: false, salesTax: 0, total: 660.5 }));
    expect(none.taxes).toEqual([]);
    expect(taxable(none)).toEqual({ product: false, time: false, expense: false });
  });

  it('is split so that the coins add up', () => {
    // 6 % of 100.10 is 6.006 and 2.25 % is 2.25225: together 8.26, each rounded 6.01 + 2.25.
    const split = contentOf((payload) => {
      payload.products = [productRow(1, { quantity: 1, price: 100.1, extPrice: 100.1 })];
      header(payload, { productTotal: 100.1, subtotal: 520.6, salesTax: 8.26, total: 528.86 });
    });
    expect(split.taxes.map(({ amount }) => amount)).toEqual(['6.01', '2.25']);
  });

  it('falls on the lines that the code, the invoice and the product say', () => {
    expect(taxable(contentOf(() => undefined))).toEqual({ product: true, time: false, expense: false });
    const services = contentOf((payload) => {
      Object.assign(payload.taxCode ?? {}, { levelOneServicesFlag: true, levelOneExpensesFlag: true });
      payload.products = [productRow(1, { taxableFlag: false })];
      header(payload, { salesTax: 25.23, total: 685.73 });
    });
    expect(taxable(services)).toEqual({ product: false, time: true, expense: true });
    expect(services.taxes).toEqual([{ label: 'State 6%', code: 'FL-Hillsborough', rate: '6', amount: '25.23' }]);
  });

  it('leaves out what an earlier invoice has taxed', () => {
    const later = contentOf((payload) => {
      Object.assign(payload.taxCode ?? {}, { levelOneServicesFlag: true });
      header(payload, { downpaymentApplied: 100, downpaymentPreviouslyTaxedFlag: true, subtotal: 560.5, salesTax: 36.3, total: 596.8 });
    });
    // 6 % of 240 + 375 - 100, and 2.25 % of 240.
    expect(later.taxes.map(({ amount }) => amount)).toEqual(['30.90', '5.40']);
    expect(later.lines.find(({ kind }) => kind === 'down_payment')).toMatchObject({ taxable: true, amount: '-100.00' });
  });

  it('covers an agreement’s flat amount when the agreement is taxed', () => {
    const agreement = contentOf((payload) => {
      Object.assign(payload.taxCode ?? {}, { levelOneServicesFlag: true });
      payload.agreementParts = [{ agreementRecId: 88, agreementName: 'Gold', agreementAmount: 500, taxable: true }];
      header(payload, { agreementAmount: 500, subtotal: 1160.5, salesTax: 72.3, total: 1232.8 });
    });
    expect(agreement.taxes.map(({ amount }) => amount)).toEqual(['66.90', '5.40']);
  });
});
