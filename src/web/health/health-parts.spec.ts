import { describe, expect, it } from 'vitest';
import {
  accountHealth,
  backupHealth,
  browserHealth,
  clockHealth,
  databaseHealth,
  degraded,
  diskHealth,
  down,
  ok,
  overall,
  queueHealth,
  vendorHealth,
} from './health-parts.js';

const now = new Date('2026-11-27T12:00:00Z');
const hoursAgo = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);

describe('health', () => {
  it('is that of the worst part', () => {
    expect(overall([ok('a'), ok('b')])).toBe('ok');
    expect(overall([ok('a'), degraded('b')])).toBe('degraded');
    expect(overall([down('a'), degraded('b')])).toBe('down');
  });

  it.each([
    ['documents are printed', browserHealth({ lastFailure: false, printed: 3 }, 'on'), 'ok'],
    ['the browser lacks its sandbox', browserHealth({ lastFailure: false, printed: 3 }, 'off'), 'ok'],
    ['the browser is refused', browserHealth({ lastFailure: true, printed: 0 }, 'refused'), 'degraded'],
    ['a document failed', browserHealth({ lastFailure: true, printed: 3 }, 'on'), 'degraded'],
    ['the database answers', databaseHealth(true, false), 'ok'],
    ['the line to it is plain', databaseHealth(true, true), 'ok'],
    ['the database is silent', databaseHealth(false, false), 'down'],
    ['the app has an account of its own', accountHealth(undefined), 'ok'],
    ['one account runs everything', accountHealth('it is so'), 'ok'],
    ['jobs are taken', queueHealth(2, 0), 'ok'],
    ['a job waits long', queueHealth(301, 0), 'degraded'],
    ['jobs failed for good', queueHealth(0, 3), 'degraded'],
    ['a vendor answers', vendorHealth({ at: now, status: 200 }, now), 'ok'],
    ['a vendor refuses a record', vendorHealth({ at: now, status: 404 }, now), 'ok'],
    ['a vendor is silent', vendorHealth({ at: now, status: 0 }, now), 'degraded'],
    ['a vendor is broken', vendorHealth({ at: now, status: 503 }, now), 'degraded'],
    ['a vendor wants a pause', vendorHealth({ at: now, status: 429 }, now), 'degraded'],
    ['clocks agree', clockHealth(new Map([['the database', 0.4]])), 'ok'],
    ['our clock is ahead', clockHealth(new Map([['the database', 7]])), 'degraded'],
    ['our clock is behind', clockHealth(new Map([['a vendor', -90]])), 'degraded'],
    ['room', diskHealth(50e9, 100e9), 'ok'],
    ['little room', diskHealth(0.9e9, 10e9), 'degraded'],
    ['few per cent', diskHealth(4e9, 100e9), 'degraded'],
    ['no room', diskHealth(0.1e9, 100e9), 'down'],
    ['a fresh backup', backupHealth(hoursAgo(3), true, now), 'ok'],
    ['an old backup', backupHealth(hoursAgo(27), true, now), 'degraded'],
    ['no backup', backupHealth(undefined, true, now), 'degraded'],
    ['none expected', backupHealth(undefined, false, now), 'ok'],
  ])('when %s', (_, part, condition) => {
    expect(part.condition).toBe(condition);
    expect(part.sentence).toMatch(/^[A-Z0-9].*\.$/);
  });

  it('says that the browser lacks its sandbox', () => {
    expect(browserHealth({ lastFailure: false, printed: 0 }, 'off').sentence).toContain('without its own sandbox');
  });

  it('says plainly where one account runs everything, and where a line is not encrypted', () => {
    expect(accountHealth('this was started as an ordinary user').sentence).toMatch(
      /knows the password .* ordinary user.*the whole database/,
    );
    expect(accountHealth(undefined).sentence).toContain('cannot read');
    expect(databaseHealth(true, true).sentence).toContain('nobody encrypts');
  });

  it('says by how much and against whom a clock is off', () => {
    expect(clockHealth(new Map([['the database', -12.2]])).sentence).toContain('12 s behind the database');
  });
});
