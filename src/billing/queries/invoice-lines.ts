import type { InvoiceContent, InvoiceLine, LineFacts } from '../../domain/invoice.js';
import { Decimal, Money, type MoneyText } from '../../domain/money.js';

/** A line as printed; unit price and amount as money. Cost and margin only for those who may see cost. */
export interface LineItem extends Omit<InvoiceLine, 'unitPrice' | 'amount'> {
  unitPrice: MoneyText;
  amount: MoneyText;
  /** The exact record in the PSA. */
  link?: string;
  taxCodeMissing?: boolean;
  cost?: MoneyText;
  margin?: MoneyText;
  /** Margin of the amount, one decimal: '45.4'. Absent for a line without a charge. */
  marginPercent?: string;
}

export function invoiceLines(content: InvoiceContent, facts: Readonly<Record<string, LineFacts>>, showCost: boolean): LineItem[] {
  return content.lines.map((line) => {
    const known = facts[line.key];
    return {
      ...line,
      unitPrice: Money.of(line.unitPrice, content.currency).toJSON(),
      amount: Money.of(line.amount, content.currency).toJSON(),
      ...(known?.link && { link: known.link }),
      ...(known?.taxCodeMissing && { taxCodeMissing: true }),
      ...(showCost && known?.cost !== undefined && costOf(line, known.cost, content.currency)),
    };
  });
}

function costOf(line: InvoiceLine, cost: string, currency: string): Pick<LineItem, 'cost' | 'margin' | 'marginPercent'> {
  const margin = Money.of(line.amount, currency).minus(Money.of(cost, currency));
  const amount = new Decimal(line.amount);
  return {
    cost: Money.of(cost, currency).toJSON(),
    margin: margin.toJSON(),
    ...(!amount.isZero() && { marginPercent: margin.amount.div(amount).times(100).toDecimalPlaces(1).toString() }),
  };
}
