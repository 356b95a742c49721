import { describe, expect, it } from 'vitest';
import { Clock } from './clock.js';
import { FixedClock } from './fixed-clock.js';

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
