import { civilDate, type CivilDate } from '../../../domain/civil-date.js';
import { Decimal, exponentOf, type DecimalText, Money } from '../../../domain/money.js';
import type { DocumentLocale } from './brand.js';

const MINUS = '\u2212';

/** Every number and date of one document, formatted the same way. Amounts never pass through a float: Intl reads decimal text. */
export class DocumentFormat {
  constructor(
    readonly locale: DocumentLocale,
    readonly currency: string,
  ) {}

  /** With the currency's sign or code: '$1,204.50', 'USD 1,204.50' where '$' would mean another dollar. */
  money(amount: DecimalText): string {
    return this.decimal(amount, { style: 'currency', currency: this.currency, currencyDisplay: 'symbol' }, exponentOf(this.currency));
  }

  /** The bare figure for a column: '1,204.50'. */
  amount(amount: DecimalText): string {
    return this.decimal(amount, {}, exponentOf(this.currency));
  }

  /** A unit price: the coin's places at least, and more where the price has them ('0.0125'). */
  price(amount: DecimalText): string {
    const places = Math.max(exponentOf(this.currency), new Decimal(amount).decimalPlaces());
    return this.decimal(amount, {}, places);
  }

  hours(hours: DecimalText): string {
    return this.decimal(hours, {}, Math.max(2, new Decimal(hours).decimalPlaces()));
  }

  quantity(quantity: DecimalText): string {
    return this.decimal(quantity, {}, new Decimal(quantity).decimalPlaces());
  }

  date(date: CivilDate): string {
    return new Intl.DateTimeFormat(this.locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
      midnight(date),
    );
  }

  /** For a narrow column under a heading that says the year. */
  dayAndMonth(date: CivilDate): string {
    return new Intl.DateTimeFormat(this.locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(midnight(date));
  }

  /** What `money` printed, read back; spaces do not count. @throws RangeError when it is not an amount in this format. */
  readMoney(text: string): Money {
    const parts = new Intl.NumberFormat(this.locale, { style: 'currency', currency: this.currency }).formatToParts(1234567.8);
    const group = parts.find((part) => part.type === 'group')?.value ?? '';
    const point = parts.find((part) => part.type === 'decimal')?.value ?? '.';
    const negative = text.includes(MINUS);
    const figure = text
      .split(group)
      .join('')
      .replace(point, '.')
      .replace(/[^0-9.]/g, '');
    if (!/^\d+(\.\d+)?$/.test(figure)) throw new RangeError(`"${text}" is not an amount of ${this.currency}`);
    return Money.of(negative ? `-${figure}` : figure, this.currency);
  }

  private decimal(value: DecimalText, options: Intl.NumberFormatOptions, places: number): string {
    const exact = new Decimal(value);
    const text = (exact.isZero() ? exact.abs() : exact).toString() as Intl.StringNumericLiteral;
    const format = new Intl.NumberFormat(this.locale, { ...options, minimumFractionDigits: places, maximumFractionDigits: places });
    return format.format(text).replace('-', MINUS);
  }
}

function midnight(date: CivilDate): number {
  return Date.parse(`${civilDate(date)}T00:00:00Z`);
}
