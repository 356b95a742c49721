import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/money.js';
import { fromJsonNumber, NotAJsonNumber, toJsonNumber } from './money-border.js';

describe('toJsonNumber', () => {
  it.each([
    ['0.1', 0.1],
    ['19.9875', 19.9875],
    ['-1234.50', -1234.5],
    ['0.0001', 0.0001],
    ['9999999999.99', 9999999999.99],
    ['-0', 0],
  ])('lets %s through as it is', (text, number) => {
    const crossed = toJsonNumber(text);
    expect(crossed).toBe(number);
    expect(JSON.stringify(crossed)).toBe(JSON.stringify(number));
  });

  it.each(['1234567890123.456', '0.1234567890123456', '12345678901234567', 'NaN', 'Infinity'])('refuses %s', (text) => {
    expect(() => toJsonNumber(text)).toThrow(NotAJsonNumber);
  });

  it('brings every amount of up to 15 digits there and back', () => {
    const amounts = fc.tuple(fc.integer({ min: -99_999_999_999, max: 99_999_999_999 }), fc.integer({ min: 0, max: 4 }));
    fc.assert(
      fc.property(amounts, ([digits, places]) => {
        const amount = new Decimal(digits).div(new Decimal(10).pow(places));
        expect(new Decimal(fromJsonNumber(JSON.parse(JSON.stringify(toJsonNumber(amount))))).equals(amount)).toBe(true);
      }),
    );
  });
});

describe('fromJsonNumber', () => {
  it.each([
    [0.1, '0.1'],
    [1e21, '1000000000000000000000'],
    [1e-7, '0.0000001'],
    [65.96, '65.96'],
    [-0, '0'],
  ])('reads %s as %s', (number, text) => {
    expect(fromJsonNumber(number)).toBe(text);
  });

  it.each([null, undefined, '12.50', Number.NaN, {}])('refuses %s, which is no number', (value) => {
    expect(() => fromJsonNumber(value)).toThrow(NotAJsonNumber);
  });
});
