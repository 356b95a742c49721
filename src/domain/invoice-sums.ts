import type { InvoiceContent } from './invoice.js';
import { Money } from './money.js';

export class SumsDisagree extends Error {
  constructor(
    readonly invoiceNumber: string,
    readonly what: string,
    readonly stated: Money,
    readonly computed: Money,
  ) {
    super(`Invoice ${invoiceNumber}: ${what} says ${stated.toString()} but its parts sum to ${computed.toString()}`);
  }
}

/**
 * Σ lines = subtotal, Σ taxes = tax, subtotal + tax = total; component lines are printed under their parent and not summed.
 * @throws SumsDisagree; asserted before an invoice is stored and after it is loaded.
 */
export function assertSums(content: InvoiceContent): void {
  const money = (amount: string) => Money.of(amount, content.currency);
  const lines = content.lines.filter((line) => line.parentKey === undefined);
  agree(
    content,
    'the subtotal',
    money(content.subtotal),
    Money.sum(
      lines.map((line) => money(line.amount)),
      content.currency,
    ),
  );
  agree(
    content,
    'the tax',
    money(content.tax),
    Money.sum(
      content.taxes.map((tax) => money(tax.amount)),
      content.currency,
    ),
  );
  agree(content, 'the total', money(content.total), money(content.subtotal).plus(money(content.tax)));
}

function agree(content: InvoiceContent, what: string, stated: Money, computed: Money): void {
  if (!stated.equals(computed)) throw new SumsDisagree(content.number, what, stated, computed);
}
