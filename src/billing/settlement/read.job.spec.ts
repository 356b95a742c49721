import { expect, it } from 'vitest';
import { firstDayToRead } from './read.job.js';

it.each([
  ['2026-11-02T08:00:00Z', 'UTC', '2026-11-01'],
  ['2026-11-01T12:59:59Z', 'Australia/Melbourne', '2026-10-31'],
  ['2026-11-01T13:00:00Z', 'Australia/Melbourne', '2026-11-01'],
  ['2026-11-02T07:59:59Z', 'America/Los_Angeles', '2026-10-31'],
  ['2028-03-01T00:00:00Z', 'UTC', '2028-02-29'],
])('a ledger connected at %s is read, for a company in %s, from %s on', (connectedAt, timeZone, day) => {
  expect(firstDayToRead(new Date(connectedAt), timeZone)).toBe(day);
});
