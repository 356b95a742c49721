import { describe, expect, it } from 'vitest';
import { cut, oneLine } from './plain-text.js';

describe('text for a vendor', () => {
  it('stands on one line, with ordinary single spaces and composed letters', () => {
    expect(oneLine('  Cafe\u0301\tBar\r\n\u2028 \u00a0 & Co\u0000 ')).toBe('Café Bar & Co');
  });

  it('is cut between characters', () => {
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('ab 🐠', 4)).toBe('ab');
    expect(cut('ab🐠d', 4)).toBe('ab🐠');
  });
});
