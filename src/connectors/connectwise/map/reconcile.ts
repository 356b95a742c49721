import { Decimal, Money, roundToCurrency } from '../../../domain/money.js';
import { MappingProblem } from '../../../ports/billing-source.js';
import { headerLine } from './header-lines.js';
import { tolerance, type LineContext, type MappedLine } from './line.js';

export interface Bucket {
  key: 'services' | 'expenses' | 'products' | 'agreements';
  /** As a person finds it in the PSA, for example 'the service total'. */
  name: string;
  field: string;
  stated: Decimal | undefined;
  lines: readonly MappedLine[];
  taxable: boolean;
}

/**
 * The rows of a bucket against its figure on the header. Rounding is made good by a line of its own; anything larger
 * means that rows are missing or were changed, and nobody guesses.
 * @throws MappingProblem
 */
export function reconciled({ key, name, field, stated = new Decimal(0), lines, taxable }: Bucket, context: LineContext): MappedLine[] {
  const { currency } = context;
  const exact = lines.reduce((sum, line) => sum.plus(line.exact), new Decimal(0));
  if (stated.minus(exact).abs().gt(tolerance(currency))) {
    throw new MappingProblem(
      `Invoice ${context.number}: ${name} is ${shown(stated, currency)}, but its lines sum to ${shown(exact, currency)}. Recalculate ` +
        `or correct the invoice in the PSA.`,
      `invoice.${field}`,
    );
  }
  const printed = lines.reduce((sum, { line }) => sum.plus(line.amount), new Decimal(0));
  const rest = roundToCurrency(stated, currency).minus(printed);
  return rest.isZero() ? [] : [headerLine(`rounding:${key}`, 'adjustment', 'Rounding', rest, taxable, context)];
}

export const shown = (value: Decimal, currency: string): string => Money.of(value, currency).toString();
