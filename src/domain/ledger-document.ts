import type { CivilDate } from './civil-date.js';
import type { InvoiceContent, InvoiceLine, LineKind } from './invoice.js';
import { Decimal, Money, type DecimalText } from './money.js';

export type LedgerCategory = 'service' | 'agreement' | 'product' | 'expense' | 'discount' | 'down_payment' | 'adjustment';

const CATEGORY: Readonly<Record<LineKind, LedgerCategory>> = {
  time: 'service',
  fixed_fee: 'service',
  expense: 'expense',
  product: 'product',
  component: 'product',
  agreement: 'agreement',
  addition: 'agreement',
  discount: 'discount',
  down_payment: 'down_payment',
  adjustment: 'adjustment',
};

export interface BookedLine {
  description: string;
  quantity: DecimalText;
  unitPrice: DecimalText;
  amount: DecimalText;
  taxable: boolean;
  category: LedgerCategory;
  itemCode?: string;
  date?: CivilDate;
}

export interface BookedDocument {
  kind: 'invoice' | 'credit_note';
  number: string;
  date: CivilDate;
  dueDate: CivilDate;
  currency: string;
  lines: BookedLine[];
  subtotal: DecimalText;
  tax: DecimalText;
  total: DecimalText;
  taxCode?: string;
  reference?: string;
}

/**
 * How an invoice is booked: a negative total becomes a credit note with turned signs; free and covered lines tell the
 * client something but the ledger nothing and are left out; components are part of their parent.
 */
export function bookedDocument(content: InvoiceContent, timesVoided = 0): BookedDocument {
  const credit = Money.of(content.total, content.currency).isNegative();
  const turn = (amount: DecimalText): DecimalText =>
    credit ? Money.of(amount, content.currency).negated().toText() : Money.of(amount, content.currency).toText();
  const charged = content.lines.filter((line) => line.parentKey === undefined && !new Decimal(line.amount).isZero());
  const lines = charged.map((line) => bookedLine(line, turn));
  const reference = content.purchaseOrder ?? content.reference;
  const taxCode = content.taxes[0]?.code;
  return {
    kind: credit ? 'credit_note' : 'invoice',
    number: numberInLedger(content.number, timesVoided),
    date: content.date,
    // A ledger refuses a document that is due before its own day; civil dates compare as text.
    dueDate: content.dueDate < content.date ? content.date : content.dueDate,
    currency: content.currency,
    lines: lines.length > 0 ? lines : [emptyLine(content)],
    subtotal: turn(content.subtotal),
    tax: turn(content.tax),
    total: turn(content.total),
    ...(taxCode !== undefined && { taxCode }),
    ...(reference !== undefined && { reference }),
  };
}

/**
 * Ledgers keep the number of a voided document for ever and refuse a second one under it, so a document that is posted anew
 * gets a suffix there: 1042, then 1042-2.
 */
export function numberInLedger(number: string, timesVoided: number): string {
  return timesVoided === 0 ? number : `${number}-${timesVoided + 1}`;
}

function bookedLine(line: InvoiceLine, turn: (amount: DecimalText) => DecimalText): BookedLine {
  const amount = turn(line.amount);
  const product = new Decimal(line.quantity).times(line.unitPrice);
  const adds = product.minus(line.amount).abs().lte('0.005');
  return {
    description: describe(line),
    quantity: adds ? line.quantity : '1',
    unitPrice: adds ? turn(line.unitPrice) : amount,
    amount,
    taxable: line.taxable,
    category: CATEGORY[line.kind],
    ...(line.productCode !== undefined && { itemCode: line.productCode }),
    ...(line.date !== undefined && { date: line.date }),
  };
}

function describe(line: InvoiceLine): string {
  const order = line.workOrder ? `#${line.workOrder.number} ` : '';
  return `${order}${line.description}`;
}

/** A zero invoice still has to exist in the ledger, and a ledger wants a line. */
function emptyLine(content: InvoiceContent): BookedLine {
  return {
    description: `${content.typeLabel} ${content.number}: nothing to charge`,
    quantity: '1',
    unitPrice: '0',
    amount: '0',
    taxable: false,
    category: 'service',
  };
}
