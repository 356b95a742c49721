import { Decimal } from 'decimal.js';
import { z } from 'zod';
import type { Books } from '../books.js';
import { decimalOf, roundToCents, sumOf, toWire, ZERO } from '../money.js';
import type { Customer } from './customer.js';
import { decimal, readOnly, ref } from './fields.js';
import { requireActive } from './references.js';

const taxLine = z.strictObject({
  Amount: decimal.optional(),
  DetailType: z.literal('TaxLineDetail'),
  TaxLineDetail: z.strictObject({
    TaxRateRef: ref.optional(),
    PercentBased: z.boolean().optional(),
    TaxPercent: decimal.optional(),
    NetAmountTaxable: decimal.optional(),
    TaxInclusiveAmount: readOnly,
  }),
});

export const taxDetail = z.strictObject({
  TxnTaxCodeRef: ref.optional(),
  TotalTax: decimal.optional(),
  TaxLine: z.array(taxLine).optional(),
});
type SentTaxDetail = z.infer<typeof taxDetail>;
export type TaxDetail = SentTaxDetail & { TotalTax: number };

export interface TaxBasis {
  sent: SentTaxDetail | undefined;
  taxable: number;
  subtotal: number;
  discount: number;
  /** Tax is computed on the discounted amount. */
  after: boolean;
}

/** The one tax group of the seeded company; its automated tax uses it for every address. */
export const COMPANY_TAX_CODE = '2';

/** An explicit TotalTax stands as sent as long as some line is taxable; otherwise the rate of the code, or of the company. */
export function taxOf(books: Books, customer: Customer, basis: TaxBasis): TaxDetail {
  const { sent } = basis;
  if (sent?.TxnTaxCodeRef) requireActive(books, 'TaxCode', sent.TxnTaxCodeRef.value, 'TxnTaxCodeRef');
  const automated = books.options.partnerTaxEnabled;
  const code = automated ? COMPANY_TAX_CODE : sent?.TxnTaxCodeRef?.value;
  const net = netTaxable(basis);
  if (net.isZero() || code === undefined) return { TotalTax: 0 };
  if (sent?.TotalTax === undefined && !customer.Taxable) return { TotalTax: 0 };
  const rates = ratesOf(books, code);
  const computed = roundToCents(net.times(sumOf(rates.map((rate) => rate.RateValue))).dividedBy(100));
  const total = sent?.TotalTax === undefined ? computed : roundToCents(decimalOf(sent.TotalTax));
  if (total.isZero()) return { TotalTax: 0 };
  return { TxnTaxCodeRef: { value: code }, TotalTax: toWire(total), TaxLine: prorated(rates, total, net) };
}

function netTaxable({ taxable, subtotal, discount, after }: TaxBasis): Decimal {
  if (!after || subtotal === 0) return decimalOf(taxable);
  return roundToCents(decimalOf(taxable).minus(decimalOf(discount).times(taxable).dividedBy(subtotal)));
}

function ratesOf(books: Books, code: string) {
  const details = books.find('TaxCode', code)?.SalesTaxRateList?.TaxRateDetail ?? [];
  return details.flatMap((detail) => books.find('TaxRate', detail.TaxRateRef.value) ?? []);
}

/** The last rate takes what rounding left over, so the parts always add up to the total. */
function prorated(rates: ReturnType<typeof ratesOf>, total: Decimal, net: Decimal): NonNullable<TaxDetail['TaxLine']> {
  const whole = sumOf(rates.map((rate) => rate.RateValue));
  let given = ZERO;
  return rates.map((rate, index) => {
    const share = index === rates.length - 1 ? total.minus(given) : roundToCents(total.times(rate.RateValue).dividedBy(whole));
    given = given.plus(share);
    return {
      Amount: toWire(share),
      DetailType: 'TaxLineDetail',
      TaxLineDetail: { TaxRateRef: { value: rate.Id }, PercentBased: true, TaxPercent: rate.RateValue, NetAmountTaxable: toWire(net) },
    };
  });
}
