import type { DecimalText } from '../../domain/money.js';

export interface MoneyView {
  amount: DecimalText;
  currency: string;
}

const formats = new Map<string, Intl.NumberFormat>();

/** '4,218.50' with a true minus, from decimal text: Intl keeps every digit of a string. */
export function figures(money: MoneyView): string {
  return parts(money, 'decimal');
}

/** '$4,218.50' where the currency is the reader's own, '4,218.50 AUD' else, since a bare $ would lie. */
export function formatMoney(money: MoneyView, home: string): string {
  return money.currency === home ? parts(money, 'currency') : `${figures(money)} ${money.currency}`;
}

export function ownSymbol(money: MoneyView): string {
  return parts(money, 'currency');
}

function parts(money: MoneyView, style: 'currency' | 'decimal'): string {
  return format(money.currency, style)
    .formatToParts(money.amount as Intl.StringNumericLiteral)
    .map((part) => (part.type === 'minusSign' ? '\u2212' : part.value))
    .join('');
}

function format(currency: string, style: 'currency' | 'decimal'): Intl.NumberFormat {
  const key = `${style} ${currency}`;
  const known = formats.get(key);
  if (known) return known;
  const digits = new Intl.NumberFormat('en-US', { style: 'currency', currency }).resolvedOptions();
  const made = new Intl.NumberFormat('en-US', {
    style,
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits.minimumFractionDigits,
    maximumFractionDigits: 8,
  });
  formats.set(key, made);
  return made;
}
