import { Decimal } from 'decimal.js';

/** The vendor speaks JSON floats: amounts are worked out as decimals and become a float only when they are stored. */
export const cents = (amount: Decimal.Value): Decimal => new Decimal(amount).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);

export const toFloat = (amount: Decimal.Value): number => cents(amount).toNumber();

export const sum = (amounts: readonly Decimal.Value[]): Decimal =>
  amounts.reduce<Decimal>((total, amount) => total.plus(amount), new Decimal(0));
