import { Decimal } from 'decimal.js';

/** A sum of money as the tour compares it: exact, and printed with the cents of its currency. */
export class Amount {
  private constructor(
    private readonly value: Decimal,
    readonly currency: string,
  ) {}

  /** A JSON number goes through its shortest text, which is what the vendor wrote. */
  static of(value: string | number, currency: string): Amount {
    return new Amount(new Decimal(String(value)), currency);
  }

  static sum(amounts: readonly Amount[], currency: string): Amount {
    return amounts.reduce((sum, amount) => sum.plus(amount), Amount.of(0, currency));
  }

  get isPositive(): boolean {
    return this.value.greaterThan(0);
  }

  get isNegative(): boolean {
    return this.value.lessThan(0);
  }

  plus(other: Amount): Amount {
    this.assertSameCurrency(other);
    return new Amount(this.value.plus(other.value), this.currency);
  }

  minus(other: Amount): Amount {
    return this.plus(other.negated());
  }

  negated(): Amount {
    return new Amount(this.value.negated(), this.currency);
  }

  equals(other: Amount): boolean {
    return this.currency === other.currency && this.value.equals(other.value);
  }

  toText(): string {
    // The sandbox's books are in dollars; what had more places than a cent would be shown, not rounded away.
    return this.value.toFixed(Math.max(2, this.value.decimalPlaces()));
  }

  private assertSameCurrency({ currency }: Amount): void {
    if (currency !== this.currency) throw new Error(`${this.currency} and ${currency} cannot be added`);
  }
}
