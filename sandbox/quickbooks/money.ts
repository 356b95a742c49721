import { Decimal } from 'decimal.js';

export const ZERO = new Decimal(0);

export function decimalOf(value: number | string | undefined): Decimal {
  return new Decimal(value ?? 0);
}

/** Amounts travel as JSON numbers, so this is the one place where a decimal becomes a number: whole cents, half up. */
export function toWire(amount: Decimal): number {
  return roundToCents(amount).toNumber();
}

export function roundToCents(amount: Decimal): Decimal {
  return amount.toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
}

export function sumOf(amounts: readonly (Decimal | number)[]): Decimal {
  return amounts.reduce<Decimal>((total, amount) => total.plus(amount), ZERO);
}
