import { describe, expect, it } from 'vitest';
import type { SyncRunItem } from '../../billing/queries/sync-run-query.js';
import { durationText, syncRunProgress } from './run-progress.js';

const now = new Date('2026-11-04T12:00:10Z');
const run: SyncRunItem = {
  id: 'r1',
  connectionId: 'c1',
  kind: 'pull',
  state: 'running',
  requestedBy: 'Jo',
  fetched: 120,
  expected: 420,
  changed: 0,
  setAside: 0,
  queuedAt: '2026-11-04T12:00:00Z',
  startedAt: '2026-11-04T12:00:00Z',
};

describe('a run under way', () => {
  it('says how fast and how long', () => {
    expect(syncRunProgress(run, 'Harbor PSA', now, true)).toMatchObject({
      label: 'Reading invoices from Harbor PSA',
      done: 120,
      total: 420,
      rate: '12 per second, 25 s left',
      stopHref: '/connections/c1/runs/r1',
    });
  });

  it('claims no total that it has passed, and offers no stop to those who may not', () => {
    const shown = syncRunProgress({ ...run, fetched: 421 }, 'Harbor PSA', now, false);
    expect(shown.total).toBeUndefined();
    expect(shown.stopHref).toBeUndefined();
  });

  it('waits before it names a rate', () => {
    expect(syncRunProgress({ ...run, startedAt: '2026-11-04T12:00:09Z' }, 'Harbor PSA', now, true).rate).toBeUndefined();
    expect(syncRunProgress({ ...run, state: 'queued', fetched: 0 }, 'Harbor PSA', now, true).label).toMatch(/^Waiting to start/);
  });
});

it.each([
  [1.83, '1.9 s'],
  [25, '25 s'],
  [200, '4 min'],
  [7_000, '2 h'],
])('%s seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
