import { describe, expect, it } from 'vitest';
import { figures, formatMoney } from './money-text.js';

describe('money in words of the reader', () => {
  it.each([
    ['4218.50', 'USD', 'USD', '$4,218.50'],
    ['-145.00', 'USD', 'USD', '\u2212$145.00'],
    ['12480.00', 'AUD', 'USD', '12,480.00 AUD'],
    ['12480.00', 'AUD', 'AUD', '$12,480.00'],
    ['1500', 'JPY', 'JPY', '¥1,500'],
    ['0.0125', 'USD', 'USD', '$0.0125'],
    ['0.00', 'USD', 'USD', '$0.00'],
  ])('%s %s for a reader at home in %s is %s', (amount, currency, home, text) => {
    expect(formatMoney({ amount, currency }, home)).toBe(text);
  });

  it('keeps every digit that a float would lose', () => {
    expect(figures({ amount: '9007199254740993.10', currency: 'USD' })).toBe('9,007,199,254,740,993.10');
  });
});
