import { Decimal } from '../../domain/money.js';
import type { LedgerLine } from '../../ports/accounting-ledger.js';

/** Places that a quantity and, with `unitdp=4`, a unit price keep in Xero. */
const PLACES = 4;
/** What a JSON number carries unharmed. */
const JSON_DIGITS = 15;
/** Xero's own opt-in rounding amount ends here; more than this is not rounding. */
export const MOST_ROUNDING = new Decimal('0.10');

export interface PricedLine {
  description: string;
  /** Absent on a line that only says something. */
  amounts?: { quantity: Decimal; unitAmount: Decimal; lineAmount: Decimal };
  /** What the document says beyond what Xero computes from quantity × price. */
  off: Decimal;
}

/** Quantity × price as Xero does it: the price to four places first, then the line to the cent, both half up. */
function xeroLineAmount(quantity: Decimal, unitAmount: Decimal): Decimal {
  return unitAmount.toDecimalPlaces(PLACES).times(quantity).toDecimalPlaces(2);
}

/**
 * The document's lines in numbers that Xero computes alike. Small differences are left for a rounding line, if there may
 * be one and they stay, with the document's own `gap` between lines and subtotal, within `MOST_ROUNDING`; every other
 * line becomes 1 × its amount and says so.
 */
export function priceLines(lines: readonly LedgerLine[], gap: Decimal, mayRound: boolean): PricedLine[] {
  const priced = lines.map((line) => priceLine(line));
  const off = priced.reduce((sum, line) => sum.plus(line.off), gap);
  const each = priced.every((line) => line.off.abs().lessThanOrEqualTo(MOST_ROUNDING));
  if (mayRound && each && off.abs().lessThanOrEqualTo(MOST_ROUNDING)) return priced;
  return priced.map((line, index) => (line.off.isZero() ? line : restated(lines[index] as LedgerLine)));
}

function priceLine(line: LedgerLine): PricedLine {
  const amount = new Decimal(line.amount);
  const { quantity, price } = positiveQuantity(line);
  if (amount.isZero()) return freeLine(line, quantity);
  if (quantity.isZero() || !isSendable(quantity)) return restated(line);
  const unitAmount = price.toDecimalPlaces(PLACES);
  const lineAmount = xeroLineAmount(quantity, unitAmount);
  const off = amount.minus(lineAmount);
  if (off.abs().greaterThan(MOST_ROUNDING) || unitAmount.precision() > JSON_DIGITS) return restated(line);
  return { description: line.description, amounts: { quantity, unitAmount, lineAmount }, off };
}

/** Covered and free work shows its quantity at no price; without a quantity it is only a description. */
function freeLine(line: LedgerLine, quantity: Decimal): PricedLine {
  const zero = new Decimal(0);
  if (quantity.isZero()) return { description: line.description, off: zero };
  const shown = isSendable(quantity) ? quantity : new Decimal(1);
  return { description: line.description, amounts: { quantity: shown, unitAmount: zero, lineAmount: zero }, off: zero };
}

function isSendable(quantity: Decimal): boolean {
  return quantity.decimalPlaces() <= PLACES && quantity.precision() <= JSON_DIGITS;
}

function restated(line: LedgerLine): PricedLine {
  const amount = new Decimal(line.amount);
  const was = `(${new Decimal(line.quantity).toString()} × ${new Decimal(line.unitPrice).toString()})`;
  return {
    description: `${line.description} ${was}`.trim(),
    amounts: { quantity: new Decimal(1), unitAmount: amount, lineAmount: amount },
    off: new Decimal(0),
  };
}

/** A negative quantity becomes a negative price, which every ledger screen shows alike. */
function positiveQuantity(line: LedgerLine): { quantity: Decimal; price: Decimal } {
  const quantity = new Decimal(line.quantity);
  const price = new Decimal(line.unitPrice);
  return quantity.isNegative() ? { quantity: quantity.negated(), price: price.negated() } : { quantity, price };
}
