import { describe, expect, it } from 'vitest';
import { civilDateText, instantText } from './date-text.js';

const NOW = new Date('2026-11-04T02:30:00Z');

describe('instants', () => {
  it.each([
    ['2026-11-04T02:00:00Z', 'America/New_York', 'Today 21:00'],
    ['2026-11-04T02:00:00Z', 'Pacific/Auckland', 'Today 15:00'],
    ['2026-11-03T03:00:00Z', 'America/New_York', 'Yesterday 22:00'],
    ['2026-11-05T03:00:00Z', 'America/New_York', 'Tomorrow 22:00'],
    ['2026-10-01T12:00:00Z', 'America/New_York', '1 Oct'],
    ['2025-11-03T12:00:00Z', 'America/New_York', '3 Nov 2025'],
    // 25 hours lie between these two midnights: the clocks go back in between.
    ['2026-11-01T04:30:00Z', 'America/New_York', '1 Nov'],
  ])('%s in %s is %s', (instant, zone, text) => {
    expect(instantText(instant, NOW, zone).text).toBe(text);
  });

  it('says the whole of it for a title', () => {
    expect(instantText('2026-11-04T02:00:00Z', NOW, 'America/New_York').full).toBe('Tuesday 3 November 2026, 21:00 in America/New_York');
  });

  it('refuses what is not an instant', () => {
    expect(() => instantText('soon', NOW, 'utc')).toThrow('not an instant');
  });
});

describe('civil dates', () => {
  it.each([
    ['2026-11-03', 'America/New_York', 'Today'],
    ['2026-11-04', 'America/New_York', 'Tomorrow'],
    ['2026-11-04', 'Pacific/Auckland', 'Today'],
    ['2026-11-02', 'America/New_York', 'Yesterday'],
    ['2026-12-02', 'Pacific/Auckland', '2 Dec'],
    ['2027-01-01', 'America/Los_Angeles', '1 Jan 2027'],
  ])('%s seen from %s is %s', (date, zone, text) => {
    expect(civilDateText(date, NOW, zone).text).toBe(text);
  });

  it('refuses an instant', () => {
    expect(() => civilDateText('2026-11-04T00:00:00Z', NOW, 'utc')).toThrow('not a date');
  });
});
