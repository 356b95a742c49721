import { describe, expect, it } from 'vitest';
import { CONNECTOR_ERROR_KINDS } from '../../ports/connector-error.js';
import { pauseOf, statusError, wordsOf } from './errors.js';

const answer = (status: number, body: unknown = '', retryAfter?: string) => ({
  status,
  text: typeof body === 'string' ? body : JSON.stringify(body),
  retryAfter,
});
const reading = { path: '/finance/invoices', writes: false };
const writing = { path: '/finance/invoices/1', writes: true };

describe('refusals', () => {
  it.each([
    [400, 'Cannot route. Codebase/company is invalid', 'grant_expired'],
    [400, { code: 'Security', message: 'SSL is required.', errors: null }, 'invalid'],
    [400, { code: 'InvalidObject', message: 'contact object is invalid' }, 'invalid'],
    [401, { code: 'ConnectWiseApi', message: 'UserNotAuthenticated' }, 'unauthorized'],
    [403, { code: 'Security', message: 'no' }, 'forbidden'],
    [404, { code: 'NotFound', message: 'Invoice 9 not found' }, 'not_found'],
    [404, { code: 'ConnectWiseApi', message: 'The endpoint does not exist.' }, 'not_found'],
    [404, '<html>', 'not_found'],
    [405, '', 'invalid'],
    [409, '', 'unavailable'],
    [414, 'Request-URI Too Long', 'invalid'],
    [415, '', 'invalid'],
    [429, { error: 'ConnectWiseAPI', message: 'Too many requests. Please try again in 30 seconds.' }, 'rate_limited'],
    [500, { code: 'ConnectWiseApi', message: 'String was not recognized as a valid Boolean.' }, 'unavailable'],
    [503, '<html>', 'unavailable'],
    [304, '', 'unreadable'],
  ])('%i %j is %s', (status, body, kind) => {
    expect(statusError(answer(status, body), reading)).toMatchObject({ kind, details: { status } });
  });

  it('of a write that broke inside the vendor leave its outcome open', () => {
    for (const status of [500, 502, 503, 504]) expect(statusError(answer(status), writing).kind).toBe('outcome_unknown');
    expect(statusError(answer(429), writing).kind).toBe('rate_limited');
  });

  it('are total: every status has a kind and a sentence', () => {
    for (let status = 100; status < 600; status += 1) {
      for (const asked of [reading, writing]) {
        const error = statusError(answer(status), asked);
        expect(CONNECTOR_ERROR_KINDS).toContain(error.kind);
        expect(error.message).toMatch(/\.$/);
      }
    }
  });

  it('tell a refused client id from refused keys', () => {
    expect(statusError(answer(401, { message: 'A valid clientId header is required.' }), reading).message).toMatch(/CONNECTWISE_CLIENT_ID/);
    expect(statusError(answer(401), reading).message).toMatch(/public or the private key/);
  });

  it('take a list that is not there for that, and only a lost way for a company that was moved', () => {
    const absent = statusError(answer(404, '<html>'), { path: '/system/info/members', writes: false });
    expect(absent).toMatchObject({ kind: 'not_found', details: { permission: expect.stringContaining('Security Roles') } });
    expect(absent.message).toMatch(/nothing at \/system\/info\/members.*Member Maintenance/);
    expect(absent.message).not.toMatch(/moved/);
    expect(statusError(answer(404, '<html>'), { path: '/system/info', writes: false }).message).toMatch(/may have been moved/);
  });

  it('quote the vendor with all its reasons, and nothing but words', () => {
    const errors = [
      { code: 'MissingRequiredField', message: 'The amount field is required.', resource: 'invoicePayment', field: 'amount' },
    ];
    expect(wordsOf(JSON.stringify({ code: 'InvalidObject', message: 'object is invalid', errors }))).toEqual({
      code: 'MissingRequiredField',
      words: 'object is invalid The amount field is required.',
    });
    expect(wordsOf('{"message":["odd"]}')).toEqual({});
    expect(wordsOf('<html>secret</html>')).toEqual({});
    expect(wordsOf('plain words')).toEqual({ words: 'plain words' });
    expect(wordsOf(JSON.stringify({ message: 'x'.repeat(5_000) })).words).toHaveLength(1_000);
  });

  it('say how long to wait: by the header, by their words, or half a minute', () => {
    expect(pauseOf(answer(429, '', '12'))).toBe(12_000);
    expect(pauseOf(answer(429, { message: 'Please try again in 45 seconds.' }))).toBe(45_000);
    expect(pauseOf(answer(429, '', 'Wed, 21 Oct 2026 07:28:00 GMT'))).toBe(30_000);
  });
});
