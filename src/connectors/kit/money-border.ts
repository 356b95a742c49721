import { Decimal, type DecimalText } from '../../domain/money.js';

/** A double carries every decimal number of up to 15 significant digits faithfully, and no more. */
const SAFE_DIGITS = 15;

/** An amount that cannot cross into a JSON number without changing. Nothing was sent. */
export class NotAJsonNumber extends RangeError {}

/**
 * The one way for an amount into an SDK or a body that wants JSON numbers.
 * @throws NotAJsonNumber when the number would not read back as exactly this amount.
 */
export function toJsonNumber(amount: DecimalText | Decimal): number {
  const exact = new Decimal(amount);
  if (!exact.isFinite()) throw new NotAJsonNumber(`"${String(amount)}" is not an amount`);
  if (exact.precision() > SAFE_DIGITS) throw new NotAJsonNumber(`${exact.toFixed()} has more than ${SAFE_DIGITS} significant digits`);
  const number = exact.isZero() ? 0 : exact.toNumber();
  if (!new Decimal(fromJsonNumber(number)).equals(exact)) throw new NotAJsonNumber(`${exact.toFixed()} does not survive as a JSON number`);
  return number;
}

/**
 * The one way back: the shortest decimal text that names this double, written without an exponent, so 0.1 is '0.1'.
 * @throws NotAJsonNumber on anything but a finite number, since vendors send null, text and nothing at all.
 */
export function fromJsonNumber(value: unknown): DecimalText {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new NotAJsonNumber(`${JSON.stringify(value) ?? 'nothing'} is not a number`);
  return new Decimal(Object.is(value, -0) ? 0 : String(value)).toFixed();
}
