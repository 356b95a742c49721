import { describe, expect, it } from 'vitest';
import { DocumentFormat } from './format.js';

const us = new DocumentFormat('en-US', 'USD');

describe('DocumentFormat', () => {
  it('prints money with sign, groups and a true minus', () => {
    expect(us.money('1234567.8')).toBe('$1,234,567.80');
    expect(us.money('-12')).toBe('\u2212$12.00');
    expect(us.money('-0')).toBe('$0.00');
  });

  it('says which dollar it is where that could be doubted', () => {
    expect(new DocumentFormat('en-AU', 'AUD').money('5')).toBe('$5.00');
    expect(new DocumentFormat('en-AU', 'USD').money('5')).toContain('USD');
  });

  it('uses the places of the currency', () => {
    expect(new DocumentFormat('en-US', 'JPY').amount('1200')).toBe('1,200');
    expect(new DocumentFormat('en-US', 'KWD').amount('1.5')).toBe('1.500');
  });

  it('keeps digits that a float would lose', () => {
    expect(us.amount('9007199254740993.01')).toBe('9,007,199,254,740,993.01');
    expect(us.money('0.1')).toBe('$0.10');
  });

  it('prints prices with the places they have, hours with two, quantities as they are', () => {
    expect([us.price('0.0725'), us.price('38.5'), us.hours('1.5'), us.quantity('3'), us.quantity('0.333')]).toEqual([
      '0.0725',
      '38.50',
      '1.50',
      '3',
      '0.333',
    ]);
  });

  // The suites run in time zones on both sides of UTC: a civil date must not move in either.
  it('prints civil dates in the order of the place', () => {
    expect(us.date('2026-11-01')).toBe('Nov 1, 2026');
    expect(new DocumentFormat('en-AU', 'AUD').date('2026-11-01')).toBe('1 Nov 2026');
    expect(us.dayAndMonth('2026-12-31')).toBe('Dec 31');
  });

  it.each(['0', '12.5', '-1234567.89'])('reads back what it printed: %s', (amount) => {
    for (const format of [us, new DocumentFormat('en-AU', 'USD'), new DocumentFormat('en-ZA', 'ZAR'), new DocumentFormat('en-GB', 'JPY')]) {
      const whole = format.currency === 'JPY' ? amount.replace(/\..*/, '') : amount;
      expect(format.readMoney(format.money(whole)).amount.equals(whole)).toBe(true);
    }
  });

  it('refuses to read what is no amount', () => {
    expect(() => us.readMoney('')).toThrow(RangeError);
    expect(() => us.readMoney('$')).toThrow(RangeError);
    expect(() => us.readMoney('$1.2.3')).toThrow(RangeError);
  });
});
