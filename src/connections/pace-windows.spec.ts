import { describe, expect, it } from 'vitest';
import { sliceAt, waitFor, windowsOf, type PaceWindow, type SpentSlice } from './pace-windows.js';

const LIMITS = { perSecond: 10, perMinute: 60, perDay: 5_000, batchesPerMinute: 40, inFlight: 5 };
const at = (ms: number) => new Date(Date.UTC(2026, 10, 20) + ms);
const only = (span: PaceWindow['span']): PaceWindow => {
  const window = windowsOf(LIMITS, 'batch').find((candidate) => candidate.span === span);
  if (!window) throw new Error(span);
  return window;
};

describe('the windows of a vendor', () => {
  it('are those it has limits for; batches count twice', () => {
    expect(windowsOf(LIMITS, 'call').map(({ span }) => span)).toEqual(['minute', 'second', 'day']);
    expect(windowsOf(LIMITS, 'batch').map(({ span }) => span)).toEqual(['minute', 'second', 'day', 'batch-minute']);
    expect(windowsOf({ perMinute: 1, inFlight: 1 }, 'batch').map(({ span }) => span)).toEqual(['minute']);
  });

  it.each(['second', 'minute', 'day', 'batch-minute'] as const)(
    '%s: a slice counts until its youngest request is out of the window',
    (span) => {
      const lengths = { second: 1_000, minute: 60_000, day: 86_400_000, 'batch-minute': 60_000 };
      const window = only(span);
      expect(window.keptMs).toBeGreaterThan(lengths[span] + window.sliceMs);
    },
  );
});

describe('waiting', () => {
  const window = only('minute');
  const slice = (ms: number, spent: number): SpentSlice => ({ span: 'minute', slice: sliceAt(window, at(ms)), spent });

  it('is not needed below the limit', () => {
    expect(waitFor(window, [slice(0, 30), slice(10_000, 29)], at(20_000))).toBe(0);
    expect(waitFor(window, [], at(0))).toBe(0);
  });

  it('lasts until the oldest slice counts no more', () => {
    expect(waitFor(window, [slice(0, 1), slice(10_000, 59)], at(20_000))).toBe(window.keptMs - 20_000);
    expect(waitFor(window, [slice(0, 1), slice(10_000, 59)], at(window.keptMs))).toBe(0);
  });

  it('heeds only slices of its own span', () => {
    expect(waitFor(window, [{ span: 'day', slice: at(0), spent: 4_000 }], at(0))).toBe(0);
  });
});
