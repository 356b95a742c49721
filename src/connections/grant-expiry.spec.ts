import { describe, expect, it } from 'vitest';
import { hasExpired, isDue, withExpiry } from './grant-expiry.js';

const NOW = new Date('2026-11-20T10:00:00.000Z');
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);

describe('the end of a token', () => {
  it('is kept as instants, with five minutes of margin', () => {
    const credentials = withExpiry({ accessToken: 'a', refreshToken: 'r', expiresIn: '1800' }, NOW);
    expect(credentials).toEqual({
      accessToken: 'a',
      refreshToken: 'r',
      renewAt: '2026-11-20T10:25:00.000Z',
      expiresAt: '2026-11-20T10:30:00.000Z',
    });
    expect([isDue(credentials, later(1_499)), isDue(credentials, later(1_500))]).toEqual([false, true]);
    expect([hasExpired(credentials, later(1_799)), hasExpired(credentials, later(1_800))]).toEqual([false, true]);
  });

  it('of a short life leaves most of it to be used', () => {
    expect(withExpiry({ expiresIn: '60' }, NOW)).toEqual({ renewAt: later(48).toISOString(), expiresAt: later(60).toISOString() });
  });

  it('that nobody told is never due', () => {
    for (const expiresIn of [undefined, '', 'soon', '0', '-5']) {
      const credentials = withExpiry({ accessToken: 'a', ...(expiresIn !== undefined && { expiresIn }) }, NOW);
      expect(credentials).toEqual({ accessToken: 'a' });
      expect([isDue(credentials, later(1e9)), hasExpired(credentials, later(1e9))]).toEqual([false, false]);
    }
  });
});
