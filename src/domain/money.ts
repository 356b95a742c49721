import { Decimal as DecimalJs } from 'decimal.js';

/** Our own clone, so that nobody else's `Decimal.set` can change how money rounds. */
export const Decimal = DecimalJs.clone({ precision: 40, rounding: DecimalJs.ROUND_HALF_UP, toExpNeg: -30, toExpPos: 30 });
export type Decimal = DecimalJs;

/** A decimal number as text, for example '1234.50'; what JSON and the database carry instead of a float. */
export type DecimalText = string;

/** Money as it leaves the house: decimal text with the currency's places. */
export interface MoneyText {
  amount: DecimalText;
  currency: string;
}

/** ISO 4217 minor units where they differ from two. */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
}; // prettier-ignore

/** Decimal places of a currency's smallest coin. */
export function exponentOf(currency: string): number {
  return EXPONENTS[currency] ?? 2;
}

/** The one rounding rule of the house: half up, to the currency's smallest coin. */
export function roundToCurrency(amount: Decimal, currency: string): Decimal {
  return amount.toDecimalPlaces(exponentOf(currency), Decimal.ROUND_HALF_UP);
}

/** An amount in one currency. Immutable; sums of different currencies throw instead of inventing a rate. */
export class Money {
  private constructor(
    readonly amount: Decimal,
    readonly currency: string,
  ) {}

  /** @param amount text or Decimal; a float is refused by its type, since 0.1 is not a tenth. */
  static of(amount: DecimalText | Decimal, currency: string): Money {
    if (!/^[A-Z]{3}$/.test(currency)) throw new RangeError(`"${currency}" is not an ISO 4217 currency code`);
    const value = new Decimal(amount);
    if (!value.isFinite()) throw new RangeError(`"${String(amount)}" is not an amount of money`);
    return new Money(value, currency);
  }

  static zero(currency: string): Money {
    return Money.of('0', currency);
  }

  /** Σ of the parts, which must all be in `currency`; zero for none. */
  static sum(parts: Iterable<Money>, currency: string): Money {
    let total = Money.zero(currency);
    for (const part of parts) total = total.plus(part);
    return total;
  }

  plus(other: Money): Money {
    return new Money(this.amount.plus(this.same(other).amount), this.currency);
  }

  minus(other: Money): Money {
    return new Money(this.amount.minus(this.same(other).amount), this.currency);
  }

  times(factor: DecimalText | Decimal): Money {
    return new Money(this.amount.times(factor), this.currency);
  }

  negated(): Money {
    return new Money(this.amount.negated(), this.currency);
  }

  rounded(): Money {
    return new Money(roundToCurrency(this.amount, this.currency), this.currency);
  }

  equals(other: Money): boolean {
    return this.currency === other.currency && this.amount.equals(other.amount);
  }

  compare(other: Money): number {
    return this.amount.comparedTo(this.same(other).amount);
  }

  isZero(): boolean {
    return this.amount.isZero();
  }

  isNegative(): boolean {
    return this.amount.isNegative() && !this.amount.isZero();
  }

  isPositive(): boolean {
    return this.amount.isPositive() && !this.amount.isZero();
  }

  /** With the currency's places at least, and more only where the amount really has them: '12.50', '0.0125'. */
  toText(): DecimalText {
    const places = Math.max(exponentOf(this.currency), this.amount.decimalPlaces());
    return (this.amount.isZero() ? new Decimal(0) : this.amount).toFixed(places);
  }

  toJSON(): MoneyText {
    return { amount: this.toText(), currency: this.currency };
  }

  toString(): string {
    return `${this.toText()} ${this.currency}`;
  }

  private same(other: Money): Money {
    if (other.currency !== this.currency) throw new RangeError(`${this.currency} and ${other.currency} cannot be summed`);
    return other;
  }
}

/**
 * Splits `total` over `weights` so that the parts are whole coins and sum to exactly `total`: each part is cut down to
 * the coin, and the coins left over go to the largest remainders (the earlier one on a tie). All-zero weights split evenly.
 */
export function allocate(total: Money, weights: readonly Decimal[]): Money[] {
  if (weights.length === 0) {
    if (total.isZero()) return [];
    throw new RangeError(`${total.toString()} cannot be split over nothing`);
  }
  if (weights.some((weight) => weight.isNegative() && !weight.isZero())) throw new RangeError('weights must not be negative');
  const rounded = total.rounded();
  if (!rounded.equals(total)) throw new RangeError(`${total.toString()} is not a whole number of coins`);
  const sum = weights.reduce((all, weight) => all.plus(weight), new Decimal(0));
  const shares = sum.isZero() ? weights.map(() => new Decimal(1).div(weights.length)) : weights.map((weight) => weight.div(sum));
  const coin = new Decimal(10).pow(-exponentOf(total.currency));
  const sign = total.isNegative() ? -1 : 1;
  const coins = total.amount.abs().div(coin);
  const exact = shares.map((share) => coins.times(share));
  const floors = exact.map((value) => value.floor());
  let left = coins.minus(floors.reduce((all, value) => all.plus(value), new Decimal(0))).toNumber();
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value.minus(value.floor()) }))
    .sort((a, b) => b.remainder.comparedTo(a.remainder) || a.index - b.index);
  const parts = [...floors];
  for (const { index } of byRemainder) {
    if (left <= 0) break;
    parts[index] = (parts[index] as Decimal).plus(1);
    left -= 1;
  }
  return parts.map((value) => Money.of(value.times(coin).times(sign), total.currency));
}
