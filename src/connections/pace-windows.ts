import type { PaceLimits } from '../ports/connector.js';

/**
 * A limit over a rolling window. Spent requests are counted in slices, and a slice counts until its youngest request has
 * left the window, wherever in the slice it was: too many are never sent, at the price of at most one slice of patience.
 */
export interface PaceWindow {
  span: 'second' | 'minute' | 'day' | 'batch-minute';
  limit: number;
  sliceMs: number;
  /** Counted from the beginning of a slice. Longer than window and slice together, since a request takes a moment to arrive. */
  keptMs: number;
}

export function windowsOf(limits: PaceLimits, kind: 'call' | 'batch'): PaceWindow[] {
  const minute = { sliceMs: 2_000, keptMs: 63_000 };
  const windows: PaceWindow[] = [{ span: 'minute', limit: limits.perMinute, ...minute }];
  if (limits.perSecond) windows.push({ span: 'second', limit: limits.perSecond, sliceMs: 100, keptMs: 1_200 });
  if (limits.perDay) windows.push({ span: 'day', limit: limits.perDay, sliceMs: 3_600_000, keptMs: 90_060_000 });
  if (kind === 'batch' && limits.batchesPerMinute) windows.push({ span: 'batch-minute', limit: limits.batchesPerMinute, ...minute });
  return windows;
}

export interface SpentSlice {
  span: string;
  slice: Date;
  spent: number;
}

/** How long to wait until this window takes one request more; 0: now. */
export function waitFor(window: PaceWindow, slices: readonly SpentSlice[], now: Date): number {
  const counted = slices.filter(({ span, slice }) => span === window.span && slice.getTime() + window.keptMs > now.getTime());
  const spent = counted.reduce((sum, slice) => sum + slice.spent, 0);
  if (spent < window.limit) return 0;
  const oldest = Math.min(...counted.map(({ slice }) => slice.getTime()));
  return oldest + window.keptMs - now.getTime();
}

export function sliceAt(window: PaceWindow, now: Date): Date {
  return new Date(Math.floor(now.getTime() / window.sliceMs) * window.sliceMs);
}
