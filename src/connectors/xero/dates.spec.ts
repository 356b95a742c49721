import { describe, expect, it } from 'vitest';
import { toSecond, wireCivilDate, wireInstant } from './dates.js';

describe('a civil date', () => {
  it.each([
    ['/Date(1793577600000+0000)/', '2026-11-02'],
    ['/Date(1793577600000+1300)/', '2026-11-02'],
    ['/Date(1793577600000)/', '2026-11-02'],
    ['\\/Date(1793577600000+0000)\\/', '2026-11-02'],
    ['/Date(-86400000+0000)/', '1969-12-31'],
    ['2026-11-02T00:00:00', '2026-11-02'],
    ['2026-11-02', '2026-11-02'],
  ])('of %s is %s in every zone', (wire, date) => {
    expect(wireCivilDate(wire)).toBe(date);
  });

  it.each(['', '/Date(oops', 'yesterday', '2026-02-30T00:00:00'])('is not made of %j', (wire) => {
    expect(() => wireCivilDate(wire)).toThrow(RangeError);
  });
});

describe('an instant', () => {
  it.each([
    ['/Date(1795140930417+0000)/', '2026-11-20T02:15:30.417Z'],
    ['2026-11-20T02:15:31.004', '2026-11-20T02:15:31.004Z'],
    ['2019-12-07T18:46:19.5165400', '2019-12-07T18:46:19.516Z'],
    ['2026-11-20T02:15:30Z', '2026-11-20T02:15:30.000Z'],
  ])('of %s is %s, in UTC whatever the zone of this process', (wire, instant) => {
    expect(wireInstant(wire)).toBe(instant);
  });

  it('loses its fraction for the header', () => {
    expect(toSecond('2026-11-20T02:15:30.417Z')).toBe('2026-11-20T02:15:30');
  });
});
