import { Decimal } from 'decimal.js';

const Money = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_UP });

export type LineAmountTypes = 'Exclusive' | 'Inclusive' | 'NoTax';

/** Amounts are decimal text; `taxPercent` is 10 for 10 %. */
export interface LineAmounts {
  quantity: string;
  unitAmount: string;
  taxPercent: string;
  discountRate?: string;
  discountAmount?: string;
  /** Overrides the computed tax. */
  taxAmount?: string;
}

export interface PricedLine {
  unitAmount: string;
  lineAmount: string;
  taxAmount: string;
}

/** One line as the ledger prices it: unit price rounded to `unitDp` first, then the line, then its tax, each half up. */
export function priceLine(line: LineAmounts, amountsAre: LineAmountTypes, unitDp: 2 | 4): PricedLine {
  const unit = new Money(line.unitAmount).toDecimalPlaces(unitDp);
  const gross = unit.times(line.quantity);
  const discounted = line.discountRate
    ? gross.times(new Money(100).minus(line.discountRate).div(100))
    : gross.minus(line.discountAmount ?? 0);
  const lineAmount = discounted.toDecimalPlaces(2);
  const taxAmount = line.taxAmount === undefined ? taxOn(lineAmount, line.taxPercent, amountsAre) : new Money(line.taxAmount);
  return { unitAmount: unit.toFixed(), lineAmount: lineAmount.toFixed(), taxAmount: taxAmount.toDecimalPlaces(2).toFixed() };
}

function taxOn(lineAmount: Decimal, taxPercent: string, amountsAre: LineAmountTypes): Decimal {
  const rate = new Money(taxPercent).div(100);
  if (amountsAre === 'NoTax') return new Money(0);
  if (amountsAre === 'Inclusive') return lineAmount.times(rate).div(rate.plus(1));
  return lineAmount.times(rate);
}

export interface DocumentTotals {
  subTotal: string;
  totalTax: string;
  total: string;
}

export function totalsOf(
  lines: readonly { lineAmount?: string | undefined; taxAmount?: string | undefined }[],
  amountsAre: LineAmountTypes,
): DocumentTotals {
  const net = sum(lines.map((line) => line.lineAmount ?? '0'));
  const tax = amountsAre === 'NoTax' ? '0' : sum(lines.map((line) => line.taxAmount ?? '0'));
  const subTotal = amountsAre === 'Inclusive' ? minus(net, tax) : net;
  return { subTotal, totalTax: tax, total: sum([subTotal, tax]) };
}

/** What the discount of a line took off, before tax. */
export function discountOf(line: Pick<LineAmounts, 'quantity' | 'unitAmount'> & { lineAmount: string }): string {
  return new Money(line.unitAmount).times(line.quantity).minus(line.lineAmount).toDecimalPlaces(2).toFixed();
}

export function sum(amounts: readonly string[]): string {
  return amounts.reduce((total, amount) => total.plus(amount), new Money(0)).toFixed();
}

export function minus(amount: string, other: string): string {
  return new Money(amount).minus(other).toFixed();
}

/** Document currency to the organisation's own: a rate counts foreign units per unit of base currency. */
export function inBaseCurrency(amount: string, currencyRate: string): string {
  return new Money(amount).div(currencyRate).toDecimalPlaces(2).toFixed();
}

/** -1, 0 or 1. */
export function compare(amount: string, other: string): number {
  return new Money(amount).comparedTo(other);
}

export function roundTo(amount: string, places: number): string {
  return new Money(amount).toDecimalPlaces(places).toFixed();
}

/** The ledger's JSON carries money as numbers; this is the one door out. */
export function jsonNumber(amount: string): number {
  return new Money(amount).toNumber();
}

/** A JSON number or numeric text to decimal text; `undefined` when it is neither. */
export function readAmount(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return new Money(value).toFixed();
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return new Money(value).toFixed();
  return undefined;
}
