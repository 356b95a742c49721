import { Decimal } from '../../domain/money.js';
import type { LedgerLine } from '../../ports/accounting-ledger.js';

/** Places that quantities and prices keep in QuickBooks, and what a JSON number carries unharmed. */
const PLACES = 5;
const JSON_DIGITS = 15;
/** QuickBooks compares an amount with price × quantity to the cent, and either way on the half. */
const TOLERANCE = new Decimal('0.005');

export interface PricedLine {
  description: string;
  quantity: Decimal;
  unitPrice: Decimal;
}

/** Quantity and price that multiply to the line's amount as QuickBooks checks it; otherwise 1 × the amount, which says so. */
export function priceLine(line: LedgerLine): PricedLine {
  const amount = new Decimal(line.amount);
  const { quantity, unitPrice } = positiveQuantity(line);
  const isExact = isSendable(quantity) && isSendable(unitPrice) && !quantity.isZero();
  if (isExact && quantity.times(unitPrice).minus(amount).abs().lessThanOrEqualTo(TOLERANCE)) {
    return { description: line.description, quantity, unitPrice };
  }
  const was = `(${new Decimal(line.quantity).toString()} × ${new Decimal(line.unitPrice).toString()})`;
  return { description: `${line.description} ${was}`.trim(), quantity: new Decimal(1), unitPrice: amount };
}

function isSendable(number: Decimal): boolean {
  return number.decimalPlaces() <= PLACES && number.precision() <= JSON_DIGITS;
}

/** A negative quantity becomes a negative price, which every screen shows alike. */
function positiveQuantity(line: LedgerLine): { quantity: Decimal; unitPrice: Decimal } {
  const quantity = new Decimal(line.quantity);
  const unitPrice = new Decimal(line.unitPrice);
  return quantity.isNegative() ? { quantity: quantity.negated(), unitPrice: unitPrice.negated() } : { quantity, unitPrice };
}
