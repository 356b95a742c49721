import { Money, type DecimalText } from '../../domain/money.js';

/** Money as it leaves the house: decimal text with the currency's places. */
export interface MoneyText {
  amount: DecimalText;
  currency: string;
}

export function moneyText(amount: DecimalText, currency: string): MoneyText {
  return Money.of(amount, currency).toJSON();
}
