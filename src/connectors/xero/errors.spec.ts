import { describe, expect, it } from 'vitest';
import { lacksScope, pauseOf, statusError, vendorWords } from './errors.js';

const problem = (status: number, title: string, detail: string) => ({
  status,
  headers: {},
  body: { Type: null, Title: title, Status: status, Detail: detail, Instance: '0', Extensions: {} },
});
const plain = (status: number, body = '', headers: Record<string, string> = {}) => ({ status, headers, body });

describe('a status', () => {
  it.each([
    [problem(401, 'Unauthorized', 'TokenExpired: token expired at 02/20/2025 08:32:50'), 'unauthorized', 'unauthorized'],
    [plain(401, '', { 'www-authenticate': 'Bearer error="insufficient_scope"' }), 'forbidden', 'forbidden'],
    [problem(403, 'Forbidden', 'AuthenticationUnsuccessful'), 'grant_expired', 'grant_expired'],
    [plain(403, '', { 'www-authenticate': 'Bearer error="insufficient_scope"' }), 'forbidden', 'forbidden'],
    [plain(404), 'not_found', 'not_found'],
    [plain(429, '', { 'retry-after': '26', 'x-rate-limit-problem': 'minute' }), 'rate_limited', 'rate_limited'],
    [plain(503, 'The Xero API is currently offline for maintenance'), 'unavailable', 'unavailable'],
    [plain(503, 'The Organisation is offline'), 'unavailable', 'unavailable'],
    [plain(500), 'unavailable', 'outcome_unknown'],
    [plain(502, '<html>Bad gateway</html>'), 'unavailable', 'outcome_unknown'],
    [plain(504), 'unavailable', 'outcome_unknown'],
    [plain(412), 'invalid', 'invalid'],
    [plain(501), 'invalid', 'invalid'],
    [{ status: 400, headers: {}, body: { ErrorNumber: 16, Type: 'QueryParseException', Message: 'Syntax error' } }, 'invalid', 'invalid'],
  ])('%o is told as %s when reading and %s when writing', (answer, reading, writing) => {
    expect(statusError(answer, false).kind).toBe(reading);
    expect(statusError(answer, true).kind).toBe(writing);
    expect(statusError(answer, true).details.status).toBe(answer.status);
  });

  it('of a missing permission says what to grant', () => {
    expect(statusError(plain(401, '', { 'www-authenticate': 'insufficient_scope' }), false).details.permission).toContain('Reconnect');
    expect(lacksScope(plain(401))).toBe(false);
  });

  it('offline asks for five minutes unless it says otherwise', () => {
    expect(statusError(plain(503), false).details.retryAfterMs).toBe(300_000);
    expect(statusError(plain(503, '', { 'retry-after': '7' }), false).details.retryAfterMs).toBe(7_000);
  });
});

describe('a pause', () => {
  it.each([
    [
      { 'x-rate-limit-problem': 'minute', 'retry-after': '26' },
      { kind: 'minute', waitMs: 26_000 },
    ],
    [{ 'x-rate-limit-problem': 'Minute' }, { kind: 'minute', waitMs: 60_000 }],
    [{ 'x-rate-limit-problem': 'concurrent' }, { kind: 'concurrent', waitMs: 1_000 }],
    [
      { 'x-rate-limit-problem': 'Daily', 'retry-after': '4000' },
      { kind: 'day', waitMs: 4_000_000 },
    ],
    [{ 'x-rate-limit-problem': 'day' }, { kind: 'day', waitMs: 3_600_000 }],
    [{ 'x-rate-limit-problem': 'appminute' }, { kind: 'appminute', waitMs: 60_000 }],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, { kind: 'minute', waitMs: 60_000 }],
  ])('%o is %o', (headers, pause) => {
    expect(pauseOf({ headers })).toEqual(pause);
  });
});

describe("the vendor's words", () => {
  it.each([
    ['The Organisation is offline', 'The Organisation is offline'],
    [{ Detail: 'AuthenticationUnsuccessful', Title: 'Forbidden' }, 'AuthenticationUnsuccessful'],
    [{ Message: 'A validation exception occurred', Elements: [{ secret: 'payload' }] }, 'A validation exception occurred'],
    ['<html><body>token=abc</body></html>', undefined],
    ['{"half":', undefined],
    ['', undefined],
    [null, undefined],
    [{ access_token: 'secret' }, undefined],
  ])('of %o are %s', (body, words) => {
    expect(vendorWords(body)).toBe(words);
  });

  it('end after a thousand characters', () => {
    expect(vendorWords('x'.repeat(5_000))).toHaveLength(1_000);
  });
});
