import { describe, expect, it } from 'vitest';
import { askedDay, askedInstant } from './date-input.js';

const IMPOSSIBLE = ['0000-01-01', '0000-00-00', '0001-01-01', '2026-02-30', '2023-02-29', '2026-13-01', '1899-12-31', '2200-01-01'];

describe('a day that somebody asks for', () => {
  it.each(['2026-11-02', '2024-02-29', '1900-01-01', '2199-12-31'])('may be %s', (text) => {
    expect(askedDay.parse(text)).toBe(text);
  });

  it.each([...IMPOSSIBLE, '', 'yesterday', '2026-11-02T00:00:00Z', '+010000-01-01'])(
    'is not %s, and the answer says what to give',
    (text) => {
      expect(askedDay.safeParse(text).error?.issues[0]?.message).toMatch(/no day of the calendar\. Give one between .* like 2026-11-02/);
    },
  );
});

describe('a moment that somebody asks for', () => {
  it.each(['2026-11-02T08:00:00Z', '2026-11-02T08:00:00.123456Z'])('may be %s', (text) => {
    expect(askedInstant.parse(text)).toBe(text);
  });

  it.each([...IMPOSSIBLE.map((day) => `${day}T00:00:00Z`), '2026-11-02', '2026-11-02T25:00:00Z', ''])('is not %s', (text) => {
    expect(askedInstant.safeParse(text).error?.issues[0]?.message).toMatch(/no moment\. Give one in UTC/);
  });
});
