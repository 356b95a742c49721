import { describe, expect, it } from 'vitest';
import { discountOf, inBaseCurrency, jsonNumber, priceLine, readAmount, totalsOf } from './money.js';

describe('priceLine', () => {
  it('rounds the price first: four places with unitdp=4, two without', () => {
    const line = { quantity: '3', unitAmount: '19.9875', taxPercent: '10' };
    expect(priceLine(line, 'Exclusive', 4)).toEqual({ unitAmount: '19.9875', lineAmount: '59.96', taxAmount: '6' });
    expect(priceLine(line, 'Exclusive', 2)).toEqual({ unitAmount: '19.99', lineAmount: '59.97', taxAmount: '6' });
  });

  it('takes the tax out of inclusive amounts, and none where there is none', () => {
    const line = { quantity: '1', unitAmount: '100', taxPercent: '10' };
    expect(priceLine(line, 'Inclusive', 2).taxAmount).toBe('9.09');
    expect(priceLine(line, 'NoTax', 2).taxAmount).toBe('0');
  });

  it('lets a sent tax amount win', () => {
    expect(priceLine({ quantity: '1', unitAmount: '100', taxPercent: '10', taxAmount: '9.99' }, 'Exclusive', 2).taxAmount).toBe('9.99');
  });

  it('discounts by rate or by amount, half up', () => {
    const line = { quantity: '1', unitAmount: '2120.44', taxPercent: '0' };
    expect(priceLine({ ...line, discountRate: '10' }, 'Exclusive', 2).lineAmount).toBe('1908.4');
    expect(priceLine({ ...line, discountAmount: '20.44' }, 'Exclusive', 2).lineAmount).toBe('2100');
    expect(discountOf({ ...line, lineAmount: '1908.4' })).toBe('212.04');
  });

  it('rounds halves away from zero on both sides of it', () => {
    const half = { quantity: '1', unitAmount: '0.125', taxPercent: '0' };
    expect(priceLine(half, 'Exclusive', 4).lineAmount).toBe('0.13');
    expect(priceLine({ ...half, quantity: '-1' }, 'Exclusive', 4).lineAmount).toBe('-0.13');
  });
});

describe('totalsOf', () => {
  const lines = [
    { lineAmount: '33.33', taxAmount: '3.33' },
    { lineAmount: '33.33', taxAmount: '3.33' },
    { lineAmount: undefined, taxAmount: undefined },
  ];

  it('sums rounded lines, not the other way round', () => {
    expect(totalsOf(lines, 'Exclusive')).toEqual({ subTotal: '66.66', totalTax: '6.66', total: '73.32' });
    expect(totalsOf(lines, 'Inclusive')).toEqual({ subTotal: '60', totalTax: '6.66', total: '66.66' });
    expect(totalsOf(lines, 'NoTax')).toEqual({ subTotal: '66.66', totalTax: '0', total: '66.66' });
  });
});

describe('the border', () => {
  it('reads numbers by their shortest text and numeric text as it is', () => {
    expect(readAmount(0.1 + 0.2)).toBe('0.30000000000000004');
    expect(readAmount('12.50')).toBe('12.5');
    expect(readAmount('12,50')).toBeUndefined();
    expect(readAmount(Number.NaN)).toBeUndefined();
    expect(jsonNumber('65.96')).toBe(65.96);
  });

  it('divides by a rate that counts foreign units per base unit', () => {
    expect(inBaseCurrency('65', '0.65')).toBe('100');
  });
});
