import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, Decimal, exponentOf, Money, roundToCurrency } from './money.js';

const usd = (amount: string) => Money.of(amount, 'USD');

describe('rounding', () => {
  it.each([
    ['1.005', 'USD', '1.01'],
    ['1.004999', 'USD', '1'],
    ['-1.005', 'USD', '-1.01'],
    ['2.675', 'USD', '2.68'],
    ['0.5', 'JPY', '1'],
    ['1.5', 'JPY', '2'],
    ['2.5', 'JPY', '3'],
    ['-2.5', 'JPY', '-3'],
    ['0.0005', 'KWD', '0.001'],
    ['0.0004', 'KWD', '0'],
    ['-1.2345', 'KWD', '-1.235'],
    ['12345678901234567890.125', 'AUD', '12345678901234567890.13'],
  ])('%s %s is %s', (amount, currency, rounded) => {
    expect(roundToCurrency(new Decimal(amount), currency).toString()).toBe(rounded);
    expect(Money.of(amount, currency).rounded().amount.toString()).toBe(rounded);
  });

  it.each([
    ['USD', 2],
    ['EUR', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['KWD', 3],
    ['TND', 3],
  ])('%s has %i places', (currency, places) => {
    expect(exponentOf(currency)).toBe(places);
  });
});

describe('money', () => {
  it.each([
    ['12.5', 'USD', '12.50'],
    ['0.0125', 'USD', '0.0125'],
    ['-0', 'USD', '0.00'],
    ['-0.00', 'JPY', '0'],
    ['1200', 'JPY', '1200'],
    ['1200.5', 'JPY', '1200.5'],
    ['1.2', 'KWD', '1.200'],
    ['-7.1', 'AUD', '-7.10'],
    ['1e3', 'USD', '1000.00'],
    ['100000000000000000000.1', 'USD', '100000000000000000000.10'],
  ])('of %s %s is written %s', (amount, currency, text) => {
    expect(Money.of(amount, currency).toText()).toBe(text);
    expect(Money.of(amount, currency).toJSON()).toEqual({ amount: text, currency });
    expect(String(Money.of(amount, currency))).toBe(`${text} ${currency}`);
  });

  it.each(['usd', 'US', 'DOLLAR', '', 'U$D'])('has no currency "%s"', (currency) => {
    expect(() => Money.of('1', currency)).toThrow(`"${currency}" is not an ISO 4217 currency code`);
  });

  it.each(['NaN', 'Infinity', '-Infinity'])('is never %s', (amount) => {
    expect(() => usd(amount)).toThrow(`"${amount}" is not an amount of money`);
  });

  it.each(['', 'twelve', '1,000.00', '$5'])('is not read from "%s"', (amount) => {
    expect(() => usd(amount)).toThrow(/Invalid argument/);
  });

  it('adds, takes away, multiplies and turns exactly', () => {
    expect(usd('0.1').plus(usd('0.2')).toText()).toBe('0.30');
    expect(usd('0.1').minus(usd('0.3')).toText()).toBe('-0.20');
    expect(usd('19.9875').times('3').toText()).toBe('59.9625');
    expect(usd('-5').negated().toText()).toBe('5.00');
    expect(usd('0').negated().toText()).toBe('0.00');
    expect(Money.sum([], 'USD').toText()).toBe('0.00');
    expect(Money.sum([usd('0.01'), usd('-0.02'), usd('1')], 'USD').toText()).toBe('0.99');
  });

  it('never sums nor compares two currencies', () => {
    const aud = Money.of('1', 'AUD');
    for (const mixed of [() => usd('1').plus(aud), () => usd('1').minus(aud), () => usd('1').compare(aud), () => Money.sum([aud], 'USD')])
      expect(mixed).toThrow('USD and AUD cannot be summed');
    expect(usd('1').equals(aud)).toBe(false);
  });

  it.each([
    ['-0.01', true, false, false],
    ['0', false, true, false],
    ['-0', false, true, false],
    ['0.0001', false, false, true],
  ])('%s is negative: %s, zero: %s, positive: %s', (amount, negative, zero, positive) => {
    expect([usd(amount).isNegative(), usd(amount).isZero(), usd(amount).isPositive()]).toEqual([negative, zero, positive]);
  });

  it('is equal whatever zeros stand behind it, and in order', () => {
    expect(usd('1.50').equals(usd('1.5'))).toBe(true);
    expect([usd('2').compare(usd('10')), usd('10').compare(usd('2')), usd('2').compare(usd('2.00'))]).toEqual([-1, 1, 0]);
  });

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.constantFrom('USD', 'JPY', 'KWD'), (coins, currency) => {
        const money = Money.of(new Decimal(coins.toString()).div(new Decimal(10).pow(exponentOf(currency))), currency);
        expect(Money.of(money.toText(), currency).equals(money)).toBe(true);
        expect(money.rounded().equals(money)).toBe(true);
      }),
    );
  });
});

describe('allocation', () => {
  const parts = (total: string, currency: string, weights: string[]) =>
    allocate(
      Money.of(total, currency),
      weights.map((weight) => new Decimal(weight)),
    ).map((part) => part.toText());

  it.each([
    ['100.00', 'USD', ['1', '1', '1'], ['33.34', '33.33', '33.33']],
    ['-100.00', 'USD', ['1', '1', '1'], ['-33.34', '-33.33', '-33.33']],
    ['0.05', 'USD', ['3', '7'], ['0.02', '0.03']],
    ['0.02', 'USD', ['1', '1', '1'], ['0.01', '0.01', '0.00']],
    ['10', 'JPY', ['1', '2', '4'], ['1', '3', '6']],
    ['0.010', 'KWD', ['1', '1', '1'], ['0.004', '0.003', '0.003']],
    ['10.00', 'USD', ['0', '0'], ['5.00', '5.00']],
    ['0.01', 'USD', ['0', '0', '0'], ['0.01', '0.00', '0.00']],
    ['10.00', 'USD', ['0', '1'], ['0.00', '10.00']],
    ['7.77', 'USD', ['0.25'], ['7.77']],
    ['0', 'USD', ['1', '2'], ['0.00', '0.00']],
    ['0', 'USD', [], []],
  ])('%s %s over %j is %j', (total, currency, weights, expected) => {
    expect(parts(total, currency, weights)).toEqual(expected);
  });

  it('refuses what cannot be split', () => {
    expect(() => parts('1.00', 'USD', [])).toThrow('1.00 USD cannot be split over nothing');
    expect(() => parts('1.00', 'USD', ['1', '-1'])).toThrow('weights must not be negative');
    expect(() => parts('1.005', 'USD', ['1'])).toThrow('1.005 USD is not a whole number of coins');
    expect(() => parts('1.5', 'JPY', ['1'])).toThrow('1.5 JPY is not a whole number of coins');
  });

  it('gives whole coins that sum to the total, each within a coin of its exact share, whatever the weights', () => {
    const weight = fc.bigInt({ min: 0n, max: 10n ** 9n }).map((value) => new Decimal(value.toString()).div(1_000));
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
        fc.constantFrom('USD', 'JPY', 'KWD'),
        fc.array(weight, { minLength: 1, maxLength: 12 }),
        (coins, currency, weights) => {
          const coin = new Decimal(10).pow(-exponentOf(currency));
          const total = Money.of(coin.times(coins.toString()), currency);
          const given = allocate(total, weights);
          expect(Money.sum(given, currency).equals(total)).toBe(true);
          const sum = Decimal.sum(...weights);
          given.forEach((part, index) => {
            expect(part.rounded().equals(part)).toBe(true);
            const share = sum.isZero() ? new Decimal(1).div(weights.length) : (weights[index] ?? sum).div(sum);
            expect(part.amount.minus(total.amount.times(share)).abs().lt(coin)).toBe(true);
          });
        },
      ),
    );
  });
});
