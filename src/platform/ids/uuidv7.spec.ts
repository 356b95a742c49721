import { describe, expect, it } from 'vitest';
import { uuidv7 } from './uuidv7.js';

describe('uuidv7', () => {
  it('begins with the millisecond and says version 7', () => {
    // The instant of the RFC's own example, 0x017F22E279B0.
    const id = uuidv7(Date.parse('2022-02-22T19:22:22Z'));
    expect(id).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('is the same for the same clock and random source, whatever the random bits', () => {
    expect(uuidv7(0, Buffer.alloc(10, 0xff))).toBe('00000000-0000-7fff-bfff-ffffffffffff');
    expect(uuidv7(0, Buffer.alloc(10, 0))).toBe('00000000-0000-7000-8000-000000000000');
  });

  it('sorts by time of making and never repeats', () => {
    const made = Array.from({ length: 1_000 }, (_, index) => uuidv7(index));
    expect(made).toEqual(made.toSorted());
    expect(new Set(Array.from({ length: 10_000 }, () => uuidv7(1))).size).toBe(10_000);
  });
});
