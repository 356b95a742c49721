import { Decimal, roundToCurrency } from '../../../domain/money.js';
import { MappingProblem } from '../../../ports/billing-source.js';
import { headerLine } from './header-lines.js';
import { tolerance, type LineContext, type MappedLine } from './line.js';
import type { InvoiceRecord } from './records.js';
import { shown } from './reconcile.js';

const ZERO = new Decimal(0);

export interface Totals {
  subtotal: Decimal;
  tax: Decimal;
  total: Decimal;
}

/** @throws MappingProblem where subtotal and sales tax do not make the total: then one of the three is wrong. */
export function totalsOf(invoice: InvoiceRecord, { number, currency }: Pick<LineContext, 'number' | 'currency'>): Totals {
  const [subtotal, tax, total] = [invoice.subtotal, invoice.salesTax, invoice.total].map((value) =>
    roundToCurrency(value ?? ZERO, currency),
  ) as [Decimal, Decimal, Decimal];
  if (!subtotal.plus(tax).equals(total)) {
    throw new MappingProblem(
      `Invoice ${number}: the subtotal ${shown(subtotal, currency)} and the sales tax ${shown(tax, currency)} do not make the total ` +
        `${shown(total, currency)}. Recalculate the invoice in the PSA.`,
      'invoice.total',
    );
  }
  return { subtotal, tax, total };
}

/** As it counts towards the subtotal. Its sign is documented nowhere; the subtotal itself tells, and a discount is the rule. */
export function serviceAdjustment(invoice: InvoiceRecord, subtotal: Decimal, currency: string): Decimal {
  const amount = invoice.serviceAdjustmentAmount ?? ZERO;
  const without = sum(invoice.serviceTotal, invoice.expenseTotal, invoice.productTotal, invoice.agreementAmount)
    .minus(invoice.previousProgressApplied ?? ZERO)
    .minus(invoice.downpaymentApplied ?? ZERO);
  const fits = (candidate: Decimal) => without.plus(candidate).minus(subtotal).abs().lte(tolerance(currency));
  return !fits(amount) && fits(amount.negated()) ? amount.negated() : amount;
}

/** All lines against the subtotal. @throws MappingProblem when more than rounding is between them. */
export function roundingOfSubtotal(lines: readonly MappedLine[], subtotal: Decimal, context: LineContext): MappedLine[] {
  const { currency, number } = context;
  const printed = lines.filter(({ line }) => line.parentKey === undefined).reduce((total, { line }) => total.plus(line.amount), ZERO);
  const rest = subtotal.minus(printed);
  if (rest.isZero()) return [];
  if (rest.abs().gt(tolerance(currency))) {
    throw new MappingProblem(
      `Invoice ${number}: the subtotal is ${shown(subtotal, currency)}, but services, expenses, products, agreements and corrections ` +
        `sum to ${shown(printed, currency)}. Recalculate the invoice in the PSA.`,
      'invoice.subtotal',
    );
  }
  return [headerLine('rounding:subtotal', 'adjustment', 'Rounding', rest, false, context)];
}

function sum(...values: (Decimal | undefined)[]): Decimal {
  return values.reduce<Decimal>((total, value) => total.plus(value ?? ZERO), ZERO);
}
