import { describe, expect, it } from 'vitest';
import { FixedClock, SystemClock } from '../clock/clock.js';
import { Ids } from './ids.js';

describe('ids', () => {
  it('are UUIDs of version 7 that begin with the millisecond', () => {
    const ids = new Ids(new FixedClock(new Date('2022-02-22T19:22:22Z')));
    // The instant of the RFC's own example, 0x017F22E279B0.
    expect(ids.uuidv7()).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('increase strictly, also within a millisecond and when the clock is set back', () => {
    const clock = new FixedClock(new Date('2026-01-01T00:00:00Z'));
    const ids = new Ids(clock);
    const made = Array.from({ length: 10_000 }, (_, index) => {
      if (index === 5_000) clock.advance(-60_000);
      return ids.uuidv7();
    });
    expect(made).toEqual([...made].sort());
    expect(new Set(made).size).toBe(made.length);
  });

  it('are the same for the same clock and random source', () => {
    const seeded = (): string => new Ids(new FixedClock(new Date(0)), (bytes) => bytes.fill(7)).uuidv7();
    expect(seeded()).toBe(seeded());
  });

  it('of two processes differ', () => {
    const [one, two] = [new Ids(new SystemClock()), new Ids(new SystemClock())];
    expect(one.uuidv7().slice(-12)).not.toBe(two.uuidv7().slice(-12));
  });
});
