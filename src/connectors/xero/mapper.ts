import { CreditNote } from 'xero-node/dist/gen/model/accounting/creditNote.js';
import type { CurrencyCode } from 'xero-node/dist/gen/model/accounting/currencyCode.js';
import { Invoice } from 'xero-node/dist/gen/model/accounting/invoice.js';
import { LineAmountTypes } from 'xero-node/dist/gen/model/accounting/lineAmountTypes.js';
import type { LineItem } from 'xero-node/dist/gen/model/accounting/lineItem.js';
import { ObjectSerializer } from 'xero-node/dist/gen/model/accounting/models.js';
import { civilDate } from '../../domain/civil-date.js';
import { Decimal, Money } from '../../domain/money.js';
import type { CodeMapping, LedgerCode, LedgerCodes, LedgerDocument, PreparedDocument } from '../../ports/accounting-ledger.js';
import { ConnectorError } from '../../ports/connector-error.js';
import { toJsonNumber } from '../kit/money-border.js';
import { accountFor, ROUNDING_NAME, taxCodesFor } from './code-choice.js';
import { LABEL } from './descriptor.js';
import { MOST_ROUNDING, priceLines, type PricedLine } from './line-pricing.js';
import { marksOf } from './marker.js';
import { allocateTax } from './tax-allocation.js';

const LONGEST_DESCRIPTION = 4_000;
const LARGEST_AMOUNT = new Decimal('9999999999.99');

/**
 * Our document as one element of `PUT /Invoices` or `/CreditNotes`, frozen as text: the same document always gives the
 * same bytes, and Xero will compute exactly its total, or it is refused here.
 * @throws ConnectorError('invalid') with what is missing or cannot be met.
 */
export function prepareDocument(document: LedgerDocument, mapping: CodeMapping, codes: LedgerCodes): PreparedDocument {
  checkHead(document);
  const rounding = codes.categories.find((code) => code.name === ROUNDING_NAME);
  const gap = new Decimal(document.subtotal).minus(sumOf(document.lines.map((line) => new Decimal(line.amount))));
  const priced = priceLines(document.lines, gap, rounding !== undefined);
  const lines = wireLines(document, priced, mapping, codes);
  const off = gap.plus(sumOf(priced.map((line) => line.off)));
  if (!off.isZero()) lines.push(roundingLine(document.number, off, rounding, taxCodesFor(document, mapping, codes).exempt));
  const total = totalOf(lines);
  if (!total.equals(document.total)) {
    throw refuse(`${document.number}: its lines and tax come to ${total.toString()} in ${LABEL}, but its total is ${document.total}.`);
  }
  // Serialised once, by the SDK: this text is stored with the batch, and goes out byte for byte.
  const body = JSON.stringify(ObjectSerializer.serialize(modelOf(document, lines), MODEL[document.kind]));
  return { number: document.number, kind: document.kind, body, total: Money.of(total, document.currency).toText(), items: [] };
}

function checkHead(document: LedgerDocument): void {
  const { number, total } = document;
  if (number.length > 255 || !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(number) || /["\\]/.test(number)) {
    throw refuse(
      `${LABEL} takes numbers of up to 255 plain characters, without quotes; "${number}" is none. Change the number in the PSA.`,
    );
  }
  if (new Decimal(total).isNegative() && !new Decimal(total).isZero()) {
    throw refuse(`${number}: its total is ${total}; ${LABEL} wants a credit note for that. Make it a credit memo in the PSA.`);
  }
  for (const amount of [document.subtotal, document.tax, total, ...document.lines.map((line) => line.amount)]) {
    if (new Decimal(amount).decimalPlaces() > 2) throw refuse(`${number}: ${LABEL} keeps two decimal places, but an amount is ${amount}.`);
    if (new Decimal(amount).abs().greaterThan(LARGEST_AMOUNT)) throw refuse(`${number}: ${amount} is more than ${LABEL} can hold.`);
  }
  if (document.lines.length === 0) throw refuse(`${number}: it has no lines, and ${LABEL} wants at least one.`);
}

const MODEL = { invoice: 'Invoice', credit_note: 'CreditNote' } as const;

function modelOf(document: LedgerDocument, lineItems: LineItem[]): Invoice | CreditNote {
  const shared = {
    contact: { contactID: document.contactExternalId },
    date: civilDate(document.date),
    lineAmountTypes: LineAmountTypes.Exclusive,
    // Any currency of ISO 4217 goes through; the SDK's list of them names the same codes.
    currencyCode: document.currency as unknown as CurrencyCode,
    lineItems,
    ...marksOf(document),
  };
  if (document.kind === 'credit_note') {
    const { ACCRECCREDIT } = CreditNote.TypeEnum;
    return { type: ACCRECCREDIT, creditNoteNumber: document.number, status: CreditNote.StatusEnum.AUTHORISED, ...shared };
  }
  const numbered = { invoiceNumber: document.number, dueDate: civilDate(document.dueDate) };
  return { type: Invoice.TypeEnum.ACCREC, status: Invoice.StatusEnum.AUTHORISED, ...numbered, ...shared };
}

function wireLines(document: LedgerDocument, priced: readonly PricedLine[], mapping: CodeMapping, codes: LedgerCodes): LineItem[] {
  const taxCodes = taxCodesFor(document, mapping, codes);
  const isTaxed = document.lines.map((line) => line.taxable);
  const taxed = document.lines.filter((line) => line.taxable).map((line) => new Decimal(line.amount));
  const shares = allocateTax(new Decimal(document.tax), taxed);
  if (!shares || (taxed.length === 0 && !new Decimal(document.tax).isZero())) {
    throw refuse(`${document.number}: it charges ${document.tax} of tax, but no line of it is taxable. Correct the lines in the PSA.`);
  }
  return priced.map(({ description, amounts }, index) => {
    const line = document.lines[index];
    const share = isTaxed[index] ? shares.shift() : undefined;
    if (!amounts || !line) return { description: described(description, line?.category ?? 'service') };
    return {
      description: described(description, line.category),
      quantity: toJsonNumber(amounts.quantity),
      unitAmount: toJsonNumber(amounts.unitAmount),
      lineAmount: toJsonNumber(amounts.lineAmount),
      accountCode: accountFor(line.category, mapping, codes),
      taxType: isTaxed[index] ? taxCodes.taxable() : taxCodes.exempt(),
      taxAmount: toJsonNumber(share ?? new Decimal(0)),
    };
  });
}

function roundingLine(number: string, off: Decimal, account: LedgerCode | undefined, exempt: () => string): LineItem {
  const apart = `${number}: its lines are ${off.toString()} away from its subtotal`;
  if (off.abs().greaterThan(MOST_ROUNDING)) throw refuse(`${apart}, which is more than rounding. Correct it in the PSA.`);
  if (!account) throw refuse(`${apart}, and the chart of accounts in ${LABEL} has no rounding account to book that on.`);
  return {
    description: 'Rounding',
    quantity: 1,
    unitAmount: toJsonNumber(off),
    lineAmount: toJsonNumber(off),
    accountCode: account.code,
    taxType: exempt(),
    taxAmount: 0,
  };
}

/** What Xero will show as the total: it sums the lines and the tax of each. */
function totalOf(lines: readonly LineItem[]): Decimal {
  return lines.reduce((sum, line) => sum.plus(line.lineAmount ?? 0).plus(line.taxAmount ?? 0), new Decimal(0));
}

function sumOf(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce((sum, amount) => sum.plus(amount), new Decimal(0));
}

function described(description: string, category: string): string {
  const text = description.replace(/\0/g, '').trim() || category.replace('_', ' ');
  if (text.length <= LONGEST_DESCRIPTION) return text;
  // Half of a surrogate pair is no character, and would make the whole body invalid text.
  return `${text.slice(0, LONGEST_DESCRIPTION - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

function refuse(sentence: string): ConnectorError {
  return new ConnectorError('invalid', sentence);
}
