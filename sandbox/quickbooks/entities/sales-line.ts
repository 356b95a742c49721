import { z } from 'zod';
import type { Books } from '../books.js';
import { NotModelled } from '../fault-bodies.js';
import { amountMismatch, businessError, invalidLineTaxCode, missingParameter } from '../faults.js';
import { decimalOf, roundToCents, sumOf, toWire } from '../money.js';
import { civilDate, decimal, readOnly, ref } from './fields.js';
import type { Customer } from './customer.js';
import { requireActive } from './references.js';

const base = {
  Id: z.string().optional(),
  LineNum: z.number().optional(),
  Description: z.string().max(4000).optional(),
  Amount: decimal.optional(),
  LinkedTxn: readOnly,
};

export const salesLine = z.discriminatedUnion('DetailType', [
  z.strictObject({
    ...base,
    DetailType: z.literal('SalesItemLineDetail'),
    SalesItemLineDetail: z.strictObject({
      ItemRef: ref.optional(),
      ItemAccountRef: readOnly,
      UnitPrice: decimal.optional(),
      Qty: decimal.optional(),
      TaxCodeRef: ref.optional(),
      ClassRef: ref.optional(),
      ServiceDate: civilDate.optional(),
    }),
  }),
  z.strictObject({ ...base, DetailType: z.literal('SubTotalLineDetail'), SubTotalLineDetail: z.object({}).optional() }),
  z.strictObject({
    ...base,
    DetailType: z.literal('DiscountLineDetail'),
    DiscountLineDetail: z.strictObject({
      PercentBased: z.boolean().optional(),
      DiscountPercent: decimal.optional(),
      DiscountAccountRef: ref.optional(),
    }),
  }),
  z.strictObject({
    ...base,
    DetailType: z.literal('DescriptionOnly'),
    DescriptionLineDetail: z.strictObject({ TaxCodeRef: ref.optional(), ServiceDate: civilDate.optional() }).optional(),
  }),
]);
export type SalesLine = z.infer<typeof salesLine>;
type ItemLine = Extract<SalesLine, { DetailType: 'SalesItemLineDetail' }>;
type DiscountLine = Extract<SalesLine, { DetailType: 'DiscountLineDetail' }>;

/** Group lines expand into items of a bundle, which this company has none of. */
export function refuseGroupLines(sent: unknown): void {
  const lines = (sent as { Line?: unknown }).Line;
  if (!Array.isArray(lines)) return;
  if (lines.some((line) => (line as { DetailType?: unknown } | null)?.DetailType === 'GroupLineDetail')) {
    throw new NotModelled('GroupLineDetail is not modelled');
  }
}

export interface PreparedLines {
  Line: SalesLine[];
  subtotal: number;
  discount: number;
  /** Sum of the TAX lines, before any discount. */
  taxable: number;
}

/** Checks and completes the lines: ids, line numbers, references, the subtotal line, the discount last. */
export function prepareLines(books: Books, customer: Customer, sent: readonly SalesLine[], before: readonly SalesLine[]): PreparedLines {
  const kept = sent.filter((line) => line.DetailType === 'SalesItemLineDetail' || line.DetailType === 'DescriptionOnly');
  const discounts = sent.filter((line) => line.DetailType === 'DiscountLineDetail');
  if (kept.length === 0) throw missingParameter('Line');
  if (discounts.length > 1) throw businessError('A transaction can have only one discount line.', 'Line');
  const lines = kept.map((line, index): SalesLine => {
    const numbered = { ...line, LineNum: index + 1 };
    return numbered.DetailType === 'SalesItemLineDetail' ? prepareItemLine(books, customer, numbered) : numbered;
  });
  const items = lines.filter((line): line is ItemLine => line.DetailType === 'SalesItemLineDetail');
  const subtotal = toWire(sumOf(items.map((line) => line.Amount ?? 0)));
  const taxable = toWire(sumOf(items.filter(isTaxed).map((line) => line.Amount ?? 0)));
  const discount = discounts.map((line) => prepareDiscount(books, line, subtotal));
  const subtotalLine: SalesLine = { Amount: subtotal, DetailType: 'SubTotalLineDetail', SubTotalLineDetail: {} };
  const Line = withIds([...lines, ...discount], before).toSpliced(lines.length, 0, subtotalLine);
  return { Line, subtotal, discount: discount[0]?.Amount ?? 0, taxable };
}

function prepareItemLine(books: Books, customer: Customer, line: ItemLine): ItemLine {
  const detail = line.SalesItemLineDetail;
  if (line.Amount === undefined) throw missingParameter('Line.Amount');
  checkProduct(line.Amount, detail.UnitPrice, detail.Qty);
  const itemId = detail.ItemRef?.value ?? books.all('Item').find((item) => item.Name === 'Services')?.Id;
  if (itemId === undefined) throw missingParameter('Line.SalesItemLineDetail.ItemRef');
  const item = requireActive(books, 'Item', itemId, 'ItemRef');
  const sentCode = detail.TaxCodeRef?.value;
  if (sentCode !== undefined && sentCode !== 'TAX' && sentCode !== 'NON') throw invalidLineTaxCode(sentCode);
  const code = sentCode ?? (item.Taxable && customer.Taxable ? 'TAX' : 'NON');
  const classRef = detail.ClassRef && requireActive(books, 'Class', detail.ClassRef.value, 'ClassRef');
  return {
    ...line,
    Amount: toWire(decimalOf(line.Amount)),
    SalesItemLineDetail: {
      ...detail,
      ItemRef: { value: item.Id, name: item.Name },
      ...(item.IncomeAccountRef ? { ItemAccountRef: item.IncomeAccountRef } : {}),
      ...(classRef ? { ClassRef: { value: classRef.Id, ...(classRef.Name ? { name: classRef.Name } : {}) } } : {}),
      TaxCodeRef: { value: code },
    },
  };
}

/** Rounding to the cent may go either way on the half. */
function checkProduct(amount: number, unitPrice: number | undefined, quantity: number | undefined): void {
  if (unitPrice === undefined || quantity === undefined) return;
  const product = decimalOf(unitPrice).times(decimalOf(quantity));
  if (product.minus(amount).abs().greaterThan('0.005')) throw amountMismatch(String(amount));
}

function isTaxed(line: ItemLine): boolean {
  return line.SalesItemLineDetail.TaxCodeRef?.value === 'TAX';
}

function prepareDiscount(books: Books, line: DiscountLine, subtotal: number): DiscountLine {
  const { PercentBased = false, DiscountPercent, DiscountAccountRef } = line.DiscountLineDetail;
  if (DiscountAccountRef) requireActive(books, 'Account', DiscountAccountRef.value, 'DiscountAccountRef');
  if (PercentBased && DiscountPercent === undefined) throw missingParameter('Line.DiscountLineDetail.DiscountPercent');
  if (!PercentBased && line.Amount === undefined) throw missingParameter('Line.Amount');
  const percentage = roundToCents(decimalOf(subtotal).times(decimalOf(DiscountPercent)).dividedBy(100));
  const Amount = PercentBased ? toWire(percentage) : toWire(decimalOf(line.Amount));
  if (Amount < 0) throw businessError('A discount must be positive.', 'Line.Amount');
  const { LineNum: _ignored, ...rest } = line;
  return { ...rest, Amount, DiscountLineDetail: { ...line.DiscountLineDetail, PercentBased } };
}

/** A line keeps an id that the document already knew; absent and unknown ids become new ones. */
function withIds(lines: readonly SalesLine[], before: readonly SalesLine[]): SalesLine[] {
  const known = new Set(before.flatMap((line) => (line.Id === undefined ? [] : [line.Id])));
  let next = Math.max(0, ...[...known].map(Number));
  return lines.map((line) => (line.Id !== undefined && known.has(line.Id) ? line : { ...line, Id: String((next += 1)) }));
}
