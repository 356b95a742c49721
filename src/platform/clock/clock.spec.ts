import { describe, expect, it } from 'vitest';
import { Clock, dayIn } from './clock.js';
import { FixedClock } from './fixed-clock.js';

describe('an instant', () => {
  it.each([
    ['Australia/Melbourne', '2026-11-01T12:59:59Z', '2026-11-01'],
    ['Australia/Melbourne', '2026-11-01T13:00:00Z', '2026-11-02'],
    ['America/Los_Angeles', '2026-11-02T07:59:59Z', '2026-11-01'],
    ['America/Los_Angeles', '2026-11-02T08:00:00Z', '2026-11-02'],
    ['UTC', '2028-02-29T23:59:59Z', '2028-02-29'],
  ])('is, in %s at %s, on %s', (zone, instant, day) => {
    expect(dayIn(zone, new Date(instant))).toBe(day);
  });

  it('has no day in a zone that does not exist', () => {
    expect(() => dayIn('Mars/Olympus', new Date(0))).toThrow(/no time zone "Mars\/Olympus"/);
  });
});

describe('a clock', () => {
  const clock = new FixedClock(new Date('2026-03-08T10:30:00Z'));

  it.each([
    ['Pacific/Auckland', '2026-03-08'],
    ['Pacific/Kiritimati', '2026-03-09'],
    ['America/Los_Angeles', '2026-03-08'],
    ['Pacific/Pago_Pago', '2026-03-07'],
  ])('tells the civil date in %s', (zone, date) => {
    expect(clock.today(zone)).toBe(date);
  });

  it('refuses a zone that does not exist', () => {
    expect(() => clock.today('Mars/Olympus')).toThrow(/no time zone "Mars\/Olympus"/);
  });

  it('stands still until it is moved', () => {
    const held = clock.now();
    clock.advance(1_000);
    expect(clock.now().getTime() - held.getTime()).toBe(1_000);
    clock.moveTo(new Date('2030-01-01T00:00:00Z'));
    expect(clock.today('UTC')).toBe('2030-01-01');
  });

  it('of the system follows the machine', () => {
    const before = Date.now();
    const now = new Clock().now().getTime();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });
});
