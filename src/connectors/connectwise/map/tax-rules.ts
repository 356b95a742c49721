import { z } from 'zod';
import { Decimal } from '../../../domain/money.js';
import { amount, text, type InvoiceRecord } from './records.js';

export interface TaxLevel {
  caption: string | undefined;
  /** A share: 0.07 is 7 %. */
  rate: Decimal;
  services: boolean;
  expenses: boolean;
  products: boolean;
  /** Charges something else than a plain share of the amount. */
  special: boolean;
}

/** Which kinds of lines this invoice taxes. */
export interface TaxRules {
  services: boolean;
  expenses: boolean;
  products: boolean;
  /** The levels that charge anything; undefined where the PSA does not tell (or another system computes the tax). */
  levels: TaxLevel[] | undefined;
}

const LEVELS = ['One', 'Two', 'Three', 'Four', 'Five', 'Six'] as const;
const switched = z.boolean().nullish();

export function taxRules(invoice: InvoiceRecord, taxCode: Readonly<Record<string, unknown>> | undefined): TaxRules {
  const isTaxed = invoice.taxableFlag && invoice.taxCode !== undefined;
  const known = taxCode ? levelsOf(taxCode) : undefined;
  // A code without rates that nevertheless charged: the tax was computed elsewhere.
  const isElsewhere = known?.length === 0 && invoice.salesTax !== undefined && !invoice.salesTax.isZero();
  const levels = isElsewhere ? undefined : known;
  if (!isTaxed) return { services: false, expenses: false, products: false, levels };
  if (!levels) return { services: true, expenses: true, products: true, levels };
  const taxes = (kind: 'services' | 'expenses' | 'products') => levels.some((level) => level[kind]);
  return { services: taxes('services'), expenses: taxes('expenses'), products: taxes('products'), levels };
}

function levelsOf(taxCode: Readonly<Record<string, unknown>>): TaxLevel[] {
  return LEVELS.flatMap((name): TaxLevel[] => {
    const read = <S extends z.ZodType>(shape: S, field: string) => shape.safeParse(taxCode[`level${name}${field}`]).data;
    const rate = read(amount, 'Rate');
    if (rate === undefined || rate.isZero()) return [];
    const cap = read(amount, 'TaxableMax');
    const type = read(text, 'RateType') ?? 'Percent';
    return [
      {
        caption: read(text, 'Caption'),
        rate,
        services: read(switched, 'ServicesFlag') === true,
        expenses: read(switched, 'ExpensesFlag') === true,
        products: read(switched, 'ProductsFlag') === true,
        special: type !== 'Percent' || (cap !== undefined && !cap.isZero()),
      },
    ];
  });
}
