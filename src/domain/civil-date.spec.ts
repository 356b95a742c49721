import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, civilDate, daysBetween } from './civil-date.js';

describe('a civil date', () => {
  it.each([
    ['2026-11-02', '2026-11-02'],
    ['2026-10-01T00:00:00Z', '2026-10-01'],
    ['2026-10-01T23:59:59-12:00', '2026-10-01'],
    ['2028-02-29T12:00:00', '2028-02-29'],
    ['2000-02-29', '2000-02-29'],
  ])('is cut from %s as text: %s', (text, date) => {
    expect(civilDate(text)).toBe(date);
  });

  it.each(['2026-02-29', '2100-02-29', '2026-02-30', '2026-04-31', '2026-13-01', '2026-00-10', '2026-01-00', '2026-12-32'])(
    'is never %s',
    (text) => {
      expect(() => civilDate(text)).toThrow(`${text} is not a day of the calendar`);
    },
  );

  it.each(['', '2026', '2026-1-2', '02.11.2026', ' 2026-11-02', 'tomorrow', '26-11-02'])('does not begin "%s"', (text) => {
    expect(() => civilDate(text)).toThrow(new RangeError(`"${text}" does not start with a date like 2026-11-02`));
  });
});

describe('counting days', () => {
  it.each([
    ['2026-11-02', 0, '2026-11-02'],
    ['2026-11-02', 30, '2026-12-02'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2027-01-01', -1, '2026-12-31'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2028-02-29', 1, '2028-03-01'],
    ['2027-02-28', 1, '2027-03-01'],
    ['2028-02-29', 366, '2029-03-01'],
  ])('%s and %i days is %s', (date, days, after) => {
    expect(addDays(date, days)).toBe(after);
    expect(daysBetween(date, after)).toBe(days);
  });

  it('is not moved by a change of the clocks', () => {
    expect(daysBetween('2026-03-07', '2026-03-09')).toBe(2);
    expect(daysBetween('2026-10-31', '2026-11-02')).toBe(2);
    expect(addDays('2026-03-28', 1)).toBe('2026-03-29');
  });

  it('refuses what is no day', () => {
    expect(() => addDays('2026-02-29', 1)).toThrow('2026-02-29 is not a day of the calendar');
    expect(() => daysBetween('2026-01-01', '2026-06-31')).toThrow('2026-06-31 is not a day of the calendar');
  });

  const days = fc.integer({ min: -40_000, max: 40_000 });

  it('goes there and back, in one step or in two', () => {
    fc.assert(
      fc.property(days, days, days, (start, first, second) => {
        const date = addDays('2026-11-02', start);
        expect(civilDate(date)).toBe(date);
        expect(addDays(addDays(date, first), -first)).toBe(date);
        expect(addDays(addDays(date, first), second)).toBe(addDays(date, first + second));
        expect(daysBetween(date, addDays(date, first))).toBe(first);
      }),
    );
  });

  it('orders days as their texts are ordered', () => {
    fc.assert(
      fc.property(days, days, (one, other) => {
        const [a, b] = [addDays('2026-11-02', one), addDays('2026-11-02', other)];
        expect(a < b).toBe(daysBetween(a, b) > 0);
      }),
    );
  });
});
