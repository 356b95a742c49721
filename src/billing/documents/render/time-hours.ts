import type { InvoiceLine } from '../../../domain/invoice.js';
import { Decimal, type DecimalText } from '../../../domain/money.js';

export interface Hours {
  /** Charged, or worked free of charge. */
  shown: Decimal;
  covered: Decimal;
}

/** The hours a time entry prints: what is billed beside what an agreement covers; free work shows what was worked. */
export function hoursOf(line: InvoiceLine): Hours {
  if (!line.hours) return { shown: new Decimal(line.quantity), covered: new Decimal(0) };
  const covered = new Decimal(line.hours.covered);
  if (line.billable === 'billable') return { shown: new Decimal(line.hours.billed), covered };
  return { shown: new Decimal(line.hours.worked).minus(covered), covered };
}

export function sumHours(lines: readonly InvoiceLine[]): Hours {
  return lines.map(hoursOf).reduce((all, one) => ({ shown: all.shown.plus(one.shown), covered: all.covered.plus(one.covered) }), {
    shown: new Decimal(0),
    covered: new Decimal(0),
  });
}

export function sumAmounts(lines: readonly InvoiceLine[]): DecimalText {
  return lines
    .filter((line) => line.parentKey === undefined)
    .reduce((all, line) => all.plus(line.amount), new Decimal(0))
    .toString();
}

/** What stands in place of an amount where time of one kind is not charged; undefined where it is. */
export function uncharged(lines: readonly InvoiceLine[]): string | undefined {
  if (!new Decimal(sumAmounts(lines)).isZero()) return undefined;
  if (lines.every((line) => line.billable !== 'billable')) return 'No charge';
  const { shown, covered } = sumHours(lines);
  if (shown.isZero() && !covered.isZero()) return 'Covered';
  // Work at no rate is part of something else on the invoice, such as a fixed fee.
  return lines.every((line) => new Decimal(line.unitPrice).isZero()) ? 'Included' : undefined;
}
