import { describe, expect, it } from 'vitest';
import { cutoffsOf, nextNight } from './cutoffs.js';

const policy = { documentsYears: 1, rawDays: 30, logDays: 90, auditYears: 7 };

describe('what is too old', () => {
  it('is counted from the day it is where the company is', () => {
    const now = new Date('2026-11-27T23:30:00Z');
    expect(cutoffsOf(policy, now, 'America/New_York').documentsBefore).toBe('2025-11-27');
    expect(cutoffsOf(policy, now, 'Pacific/Auckland').documentsBefore).toBe('2025-11-28');
  });

  it('ends a month on its last day', () => {
    expect(cutoffsOf(policy, new Date('2028-02-29T12:00:00Z'), 'UTC').documentsBefore).toBe('2027-02-28');
  });

  it('is nothing for what is kept for ever', () => {
    const cutoffs = cutoffsOf({ ...policy, documentsYears: null, auditYears: null }, new Date('2026-11-27T12:00:00Z'), 'UTC');
    expect(cutoffs).toEqual({
      documentsBefore: null,
      auditBefore: null,
      rawBefore: new Date('2026-10-28T12:00:00Z'),
      logsBefore: new Date('2026-08-29T12:00:00Z'),
    });
  });
});

describe('the next night', () => {
  it.each([
    ['2026-11-27T12:00:00Z', 'UTC', '2026-11-28T03:00:00.000Z'],
    ['2026-11-27T02:00:00Z', 'UTC', '2026-11-27T03:00:00.000Z'],
    // The hour does not exist: clocks go from 2 to 3 in Sydney and from 1 to 2 in Lisbon.
    ['2026-03-07T12:00:00Z', 'America/New_York', '2026-03-08T07:00:00.000Z'],
    ['2026-11-27T12:00:00Z', 'Pacific/Auckland', '2026-11-27T14:00:00.000Z'],
  ])('after %s in %s is %s', (now, zone, next) => {
    expect(nextNight(new Date(now), zone, '00000000-0000-7000-8000-000000000000').toISOString()).toBe(next);
  });

  it('comes to tenants one after the other, within the hour', () => {
    const at = (id: string): number => nextNight(new Date('2026-11-27T12:00:00Z'), 'UTC', id).getTime();
    const minutes = ['00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-0000000000ff'].map(
      (id) => (at(id) - Date.parse('2026-11-28T03:00:00Z')) / 60_000,
    );
    expect(minutes).toEqual([17, 15]);
  });
});
