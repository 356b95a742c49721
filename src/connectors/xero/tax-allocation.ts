import { Decimal } from '../../domain/money.js';

const CENT = new Decimal('0.01');

/**
 * Splits the document's tax over its taxable lines in whole cents, in proportion to their amounts and by the largest
 * remainder (the earlier line on a tie). Unlike the split of money elsewhere, amounts may be negative: a discount takes
 * its share of tax back. `undefined` when the amounts sum to nothing, so that no share can be told.
 */
export function allocateTax(tax: Decimal, amounts: readonly Decimal[]): Decimal[] | undefined {
  if (tax.isZero()) return amounts.map(() => new Decimal(0));
  const base = amounts.reduce((sum, amount) => sum.plus(amount), new Decimal(0));
  if (base.isZero()) return undefined;
  const exact = amounts.map((amount) => tax.times(amount).div(base).div(CENT));
  const cents = exact.map((share) => share.floor());
  let left = tax.div(CENT).minus(cents.reduce((sum, share) => sum.plus(share), new Decimal(0)));
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share.minus(share.floor()) }))
    .sort((a, b) => b.remainder.comparedTo(a.remainder) || a.index - b.index);
  for (const { index } of byRemainder) {
    if (!left.greaterThan(0)) break;
    cents[index] = (cents[index] as Decimal).plus(1);
    left = left.minus(1);
  }
  return cents.map((share) => share.times(CENT));
}

/** What Xero itself would compute: per line, rounded to the cent, then summed. */
export function xeroTax(amounts: readonly Decimal[], percent: Decimal): Decimal {
  return amounts.reduce((sum, amount) => sum.plus(amount.times(percent).div(100).toDecimalPlaces(2)), new Decimal(0));
}
