import { z } from 'zod';
import { civilDate } from '../../domain/civil-date.js';
import { Decimal, exponentOf, Money } from '../../domain/money.js';
import type { CodeMapping, LedgerCodes, LedgerDocument, LedgerLine, PreparedDocument } from '../../ports/accounting-ledger.js';
import { ConnectorError } from '../../ports/connector-error.js';
import { fromJsonNumber, toJsonNumber } from '../kit/money-border.js';
import { cut } from '../kit/plain-text.js';
import { accountFor, rateFor } from './code-choice.js';
import { LABEL } from './descriptor.js';
import { itemIntent, roundingIntent, ROUNDING_NAME, type ItemIntent } from './items.js';
import { marked } from './marker.js';
import { EXEMPT, TAXABLE } from './reference-data.js';

/** Places that quantities and prices keep in QuickBooks, and what a JSON number carries unharmed. */
const PLACES = 5;
const JSON_DIGITS = 15;
/** QuickBooks compares an amount with price × quantity to the cent, and either way on the half. */
const TOLERANCE = new Decimal('0.005');

interface PricedLine {
  description: string;
  quantity: Decimal;
  unitPrice: Decimal;
}

/** Quantity and price that multiply to the line's amount as QuickBooks checks it; otherwise 1 × the amount, which says so. */
function priceLine(line: LedgerLine): PricedLine {
  const amount = new Decimal(line.amount);
  const { quantity, unitPrice } = positiveQuantity(line);
  const isExact = isSendable(quantity) && isSendable(unitPrice) && !quantity.isZero();
  if (isExact && quantity.times(unitPrice).minus(amount).abs().lessThanOrEqualTo(TOLERANCE)) {
    return { description: line.description, quantity, unitPrice };
  }
  const was = `(${new Decimal(line.quantity).toString()} × ${new Decimal(line.unitPrice).toString()})`;
  return { description: `${line.description} ${was}`.trim(), quantity: new Decimal(1), unitPrice: amount };
}

function isSendable(number: Decimal): boolean {
  return number.decimalPlaces() <= PLACES && number.precision() <= JSON_DIGITS;
}

/** A negative quantity becomes a negative price, which every screen shows alike. */
function positiveQuantity(line: LedgerLine): { quantity: Decimal; unitPrice: Decimal } {
  const quantity = new Decimal(line.quantity);
  const unitPrice = new Decimal(line.unitPrice);
  return quantity.isNegative() ? { quantity: quantity.negated(), unitPrice: unitPrice.negated() } : { quantity, unitPrice };
}

const LONGEST_NUMBER = 21;
const LONGEST_DESCRIPTION = 4_000;
const LONGEST_MEMO = 1_000;
const MOST_TAXED_LINES = 750;
const MOST_LINES = 10_000;
/** What lines and subtotal may differ by before it is no longer rounding. */
const MOST_ROUNDING = new Decimal('0.10');
const LARGEST_AMOUNT = new Decimal('9999999999.99');

/** A line and the item it is sold as. */
interface BookedItem {
  line: LedgerLine;
  item: ItemIntent;
}

/**
 * Our document as one Invoice or CreditMemo, frozen as text: the same document always gives the same bytes, and its lines
 * and tax come to exactly its total, or it is refused here. While `items` is not empty the body names items by our keys,
 * which QuickBooks would refuse: call `ensure` with them and prepare again.
 * @throws ConnectorError('invalid') with what is missing or cannot be met.
 */
export function prepareDocument(
  document: LedgerDocument,
  mapping: CodeMapping,
  codes: LedgerCodes,
  itemIds: Readonly<Record<string, string>>,
): PreparedDocument {
  checkHead(document);
  const booked = document.lines.map((line) => ({ line, item: itemIntent(line, accountFor(line.category, mapping, codes)) }));
  const rounding = roundingLine(document);
  if (rounding) booked.push({ line: rounding, item: roundingIntent(accountFor('adjustment', mapping, codes)) });
  const isTaxed = checkTax(document);
  const body = JSON.stringify({
    ...headOf(document),
    Line: booked.map((entry, index) => wireLine(entry, index, isTaxed, itemIds)),
    ...(isTaxed && { TxnTaxDetail: taxDetail(document, rateFor(document, mapping, codes)) }),
  });
  const total = totalOf(body);
  if (!total.equals(document.total)) {
    throw refuse(`${document.number}: its lines and tax come to ${total.toString()} in ${LABEL}, but its total is ${document.total}.`);
  }
  const items = [...new Map(booked.map(({ item }) => [item.key, item])).values()].filter(({ key }) => itemIds[key] === undefined);
  return { number: document.number, kind: document.kind, body, total: Money.of(total, document.currency).toText(), items };
}

function checkHead({ number, currency, subtotal, tax, total, lines }: LedgerDocument): void {
  if (number.trim() === '' || number !== number.trim() || number.length > LONGEST_NUMBER) {
    const is = number.trim() === '' ? 'it has none' : `"${number}" has ${number.length}`;
    throw refuse(`${LABEL} takes numbers of up to ${LONGEST_NUMBER} characters; ${is}. Change the number in the PSA.`);
  }
  // The address of a look-up cannot carry these, and what cannot be looked up could be written twice.
  if (/\p{Cc}/u.test(number)) throw refuse(`The number ${JSON.stringify(number)} has a tab or a line break in it. Change it in the PSA.`);
  if (isBelowZero(total)) {
    throw refuse(`${number}: its total is ${total}; ${LABEL} wants a credit memo for that. Make it a credit memo in the PSA.`);
  }
  for (const amount of [subtotal, tax, total, ...lines.map((line) => line.amount)]) {
    const places = exponentOf(currency);
    if (new Decimal(amount).decimalPlaces() > places) {
      throw refuse(`${number}: ${LABEL} keeps ${places} decimal places of ${currency}, but an amount is ${amount}.`);
    }
    if (new Decimal(amount).abs().greaterThan(LARGEST_AMOUNT)) throw refuse(`${number}: ${amount} is more than ${LABEL} can hold.`);
  }
  if (lines.length === 0) throw refuse(`${number}: it has no lines, and ${LABEL} wants at least one.`);
  if (lines.length >= MOST_LINES) throw refuse(`${number}: it has ${lines.length} lines, more than ${LABEL} takes.`);
}

/** Whether the document charges tax, which QuickBooks takes over only when something on it is taxable. */
function checkTax({ number, tax, lines }: LedgerDocument): boolean {
  if (new Decimal(tax).isZero()) return false;
  const taxable = lines.filter((line) => line.taxable);
  const base = taxable.reduce((sum, line) => sum.plus(line.amount), new Decimal(0));
  if (taxable.length === 0 || base.isZero()) {
    throw refuse(`${number}: it charges ${tax} of tax, but no line of it is taxable. Correct the lines in the PSA.`);
  }
  if (isBelowZero(tax) || base.isNegative()) {
    throw refuse(`${number}: its tax is ${tax} on ${base.toString()}; ${LABEL} takes no tax below zero. Correct it in the PSA.`);
  }
  if (lines.length > MOST_TAXED_LINES) {
    throw refuse(`${number}: it has ${lines.length} lines; with tax on it ${LABEL} takes ${MOST_TAXED_LINES}. Split it in the PSA.`);
  }
  return true;
}

function roundingLine({ number, subtotal, lines }: LedgerDocument): LedgerLine | undefined {
  const gap = lines.reduce((rest, line) => rest.minus(line.amount), new Decimal(subtotal));
  if (gap.isZero()) return undefined;
  if (gap.abs().greaterThan(MOST_ROUNDING)) {
    throw refuse(`${number}: its lines are ${gap.toString()} away from its subtotal, which is more than rounding. Correct it in the PSA.`);
  }
  const amount = gap.toString();
  return { description: ROUNDING_NAME, quantity: '1', unitPrice: amount, amount, taxable: false, category: 'adjustment' };
}

function headOf(document: LedgerDocument): Record<string, unknown> {
  const reference = document.reference?.trim() ?? '';
  return {
    CustomerRef: { value: document.contactExternalId },
    DocNumber: document.number,
    TxnDate: civilDate(document.date),
    ...(document.kind === 'invoice' && { DueDate: civilDate(document.dueDate) }),
    CurrencyRef: { value: document.currency },
    ...(reference !== '' && { CustomerMemo: { value: cut(reference, LONGEST_MEMO) } }),
    PrivateNote: marked(document.marker),
  };
}

/** A document without tax says so on every line: the company's automated tax would add its own to a taxable one. */
function wireLine({ line, item }: BookedItem, index: number, isTaxed: boolean, itemIds: Readonly<Record<string, string>>) {
  const { description, quantity, unitPrice } = priceLine(line);
  return {
    LineNum: index + 1,
    Description: described(description, line.category),
    Amount: toJsonNumber(line.amount),
    DetailType: 'SalesItemLineDetail',
    SalesItemLineDetail: {
      ItemRef: { value: itemIds[item.key] ?? item.key },
      Qty: toJsonNumber(quantity),
      UnitPrice: toJsonNumber(unitPrice),
      ...(line.date !== undefined && { ServiceDate: civilDate(line.date) }),
      TaxCodeRef: { value: isTaxed && line.taxable ? TAXABLE : EXEMPT },
    },
  };
}

function taxDetail(document: LedgerDocument, rate: string | undefined): Record<string, unknown> {
  return { ...(rate !== undefined && { TxnTaxCodeRef: { value: rate } }), TotalTax: toJsonNumber(document.tax) };
}

const amounts = z.object({
  Line: z.array(z.object({ Amount: z.number() })),
  TxnTaxDetail: z.object({ TotalTax: z.number() }).optional(),
});

/** What a frozen body comes to: QuickBooks sums the lines and takes the tax over as it is. */
export function totalOf(body: string): Decimal {
  const { Line, TxnTaxDetail } = amounts.parse(JSON.parse(body));
  const tax = new Decimal(TxnTaxDetail === undefined ? 0 : fromJsonNumber(TxnTaxDetail.TotalTax));
  return Line.reduce((sum, line) => sum.plus(fromJsonNumber(line.Amount)), tax);
}

function described(description: string, category: string): string {
  const text = description.replace(/\0/g, '').trim() || category.replace('_', ' ');
  return text.length <= LONGEST_DESCRIPTION ? text : `${cut(text, LONGEST_DESCRIPTION - 1)}…`;
}

function isBelowZero(amount: string): boolean {
  return new Decimal(amount).isNegative() && !new Decimal(amount).isZero();
}

function refuse(sentence: string): ConnectorError {
  return new ConnectorError('invalid', sentence);
}
