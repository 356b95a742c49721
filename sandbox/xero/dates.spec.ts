import { describe, expect, it } from 'vitest';
import { civilDateIn, longDate, readDate, wireDate, wireDateString, wireInstantString } from './dates.js';

describe('dates', () => {
  it('go out as milliseconds of midnight UTC, with a readable twin', () => {
    expect(wireDate('2026-11-02')).toBe('/Date(1793577600000+0000)/');
    expect(wireDateString('2026-11-02')).toBe('2026-11-02T00:00:00');
    expect(wireInstantString('2026-11-20T02:15:30.417Z')).toBe('2026-11-20T02:15:30Z');
  });

  it.each([
    ['2026-11-02', '2026-11-02'],
    ['2026-11-02T23:30:00', '2026-11-02'],
    ['2026-11-02T23:30:00-08:00', '2026-11-02'],
    ['/Date(1793577600000+1300)/', '2026-11-02'],
    ['/Date(-86400000)/', '1969-12-31'],
    ['2026-02-30', undefined],
    ['02/11/2026', undefined],
    ['', undefined],
  ])('reads %s as %s', (text, date) => expect(readDate(text)).toBe(date));

  it("knows the organisation's today", () => {
    expect(civilDateIn('Australia/Melbourne', new Date('2026-11-02T13:30:00Z'))).toBe('2026-11-03');
    expect(longDate('2026-01-31')).toBe('31 January 2026');
  });
});
