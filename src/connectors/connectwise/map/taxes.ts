import type { InvoiceTax } from '../../../domain/invoice.js';
import { allocate, Decimal, Money, roundToCurrency } from '../../../domain/money.js';
import { text, type InvoiceRecord } from './records.js';
import type { TaxLevel, TaxRules } from './tax-rules.js';

/** What each kind of charge adds up to before tax. */
export interface TaxBases {
  services: Decimal;
  expenses: Decimal;
  products: Decimal;
}

/** A mapping of tax codes falls back to this key for a tax that names no code. */
const NO_CODE = 'taxable';

/**
 * The header's sales tax, never another figure: split over the levels of the tax code where these explain it to the
 * cent, else in one line.
 */
export function taxLines(
  invoice: InvoiceRecord,
  taxCode: Readonly<Record<string, unknown>> | undefined,
  rules: TaxRules,
  bases: TaxBases,
  currency: string,
): InvoiceTax[] {
  const tax = roundToCurrency(invoice.salesTax ?? new Decimal(0), currency);
  if (tax.isZero()) return [];
  const code = invoice.taxCode?.name ?? NO_CODE;
  const charged = (rules.levels ?? []).map((level) => ({ level, exact: chargeOf(level, bases) })).filter(({ exact }) => !exact.isZero());
  const explained = explains(charged, tax, currency);
  if (!explained) {
    const caption = text.safeParse(taxCode?.['invoiceCaption']).data;
    return [{ label: caption ?? invoice.taxCode?.name ?? 'Sales tax', code, amount: Money.of(tax, currency).toText() }];
  }
  const amounts = allocate(
    Money.of(tax, currency),
    charged.map(({ exact }) => exact.abs()),
  );
  return charged.map(({ level }, index) => {
    const rate = level.rate.times(100).toString();
    const caption = level.caption ?? code;
    const label = /\d\s*%/.test(caption) ? caption : `${caption} ${rate}%`;
    return { label, code, rate, amount: (amounts[index] as Money).toText() };
  });
}

function chargeOf(level: TaxLevel, bases: TaxBases): Decimal {
  const taxed = (['services', 'expenses', 'products'] as const).filter((kind) => level[kind]);
  return taxed.reduce((sum, kind) => sum.plus(bases[kind]), new Decimal(0)).times(level.rate);
}

function explains(charged: readonly { level: TaxLevel; exact: Decimal }[], tax: Decimal, currency: string): boolean {
  if (charged.length === 0 || charged.some(({ level, exact }) => level.special || exact.isNegative() !== tax.isNegative())) return false;
  const together = charged.reduce((sum, { exact }) => sum.plus(exact), new Decimal(0));
  const apart = charged.reduce((sum, { exact }) => sum.plus(roundToCurrency(exact, currency)), new Decimal(0));
  return roundToCurrency(together, currency).equals(tax) || apart.equals(tax);
}
