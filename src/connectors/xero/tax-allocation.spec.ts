import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Decimal } from '../../domain/money.js';
import { allocateTax, xeroTax } from './tax-allocation.js';

const decimals = (...texts: string[]) => texts.map((text) => new Decimal(text));

it('gives the odd cent to the largest remainder, the earlier line on a tie', () => {
  expect(allocateTax(new Decimal('0.10'), decimals('1', '1', '1'))?.map(String)).toEqual(['0.04', '0.03', '0.03']);
  expect(allocateTax(new Decimal('-0.10'), decimals('1', '1', '1'))?.map(String)).toEqual(['-0.03', '-0.03', '-0.04']);
});

it('takes tax back on negative lines', () => {
  expect(allocateTax(new Decimal('15'), decimals('200', '-50'))?.map(String)).toEqual(['20', '-5']);
});

it('knows no share of nothing', () => {
  expect(allocateTax(new Decimal('1'), decimals('5', '-5'))).toBeUndefined();
  expect(allocateTax(new Decimal('0'), decimals('5', '-5'))?.map(String)).toEqual(['0', '0']);
});

it('sums to the tax in whole cents, each within a cent of its share, whatever the lines', () => {
  const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });
  fc.assert(
    fc.property(fc.integer({ min: -100_000, max: 100_000 }), fc.array(cents, { minLength: 1, maxLength: 40 }), (taxCents, amountCents) => {
      const base = amountCents.reduce((sum, amount) => sum + amount, 0);
      fc.pre(base !== 0);
      const tax = new Decimal(taxCents).div(100);
      const shares =
        allocateTax(
          tax,
          amountCents.map((amount) => new Decimal(amount).div(100)),
        ) ?? [];
      expect(shares.reduce((sum, share) => sum.plus(share), new Decimal(0)).equals(tax)).toBe(true);
      shares.forEach((share, index) => {
        expect(share.decimalPlaces()).toBeLessThanOrEqual(2);
        const exact = tax.times(amountCents[index] ?? 0).div(base);
        expect(share.minus(exact).abs().lessThan('0.01')).toBe(true);
      });
    }),
  );
});

it('rounds like the ledger: per line, half up, then summed', () => {
  expect(xeroTax(decimals('59.96', '0.05', '-0.05'), new Decimal('10')).toString()).toBe('6');
});
