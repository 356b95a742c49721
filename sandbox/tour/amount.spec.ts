import { expect, it } from 'vitest';
import { Amount } from './amount.js';

it('adds and compares exactly, whether it was told in text or in a JSON number', () => {
  const sum = Amount.sum([Amount.of(0.1, 'USD'), Amount.of('0.2', 'USD')], 'USD');
  expect(sum.equals(Amount.of('0.30', 'USD'))).toBe(true);
  expect(sum.minus(Amount.of(1, 'USD')).toText()).toBe('-0.70');
  expect(Amount.of('1.005', 'USD').toText()).toBe('1.005');
  expect(sum.equals(Amount.of('0.3', 'AUD'))).toBe(false);
});

it('refuses to add two currencies', () => {
  expect(() => Amount.of(1, 'USD').plus(Amount.of(1, 'AUD'))).toThrow('USD and AUD cannot be added');
});
