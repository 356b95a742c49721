import { describe, expect, it } from 'vitest';
import { firstFault, isStumble, lostAccess, statusError } from './errors.js';
import { refusalOf, takenBy } from './refusals.js';

const fault = (code: string, detail = 'Because.', type = 'ValidationFault') => ({
  Fault: { Error: [{ Message: 'Message', Detail: detail, code, element: '' }], type },
  time: '2026-11-02T06:58:50.262-08:00',
});
const gateway = (code: string, detail: string) => ({
  fault: { error: [{ message: `errorCode=00${code}`, detail, code, element: null }], type: 'AUTHENTICATION' },
  time: 1601391072830,
});
const XML = '<IntuitResponse><Fault type="SERVICE"><Error code="3001"><Message>ThrottleExceeded</Message></Error></Fault></IntuitResponse>';

describe('a failing answer', () => {
  it.each([
    ['401 of the gateway', 401, gateway('3200', 'Token expired: AB0160secret'), 'unauthorized'],
    ['401 after the person lost their role', 401, gateway('120', 'no access'), 'grant_expired'],
    ['403 of another company', 403, gateway('3100', 'realm'), 'grant_expired'],
    ['403 that is a rate limit', 403, gateway('3001', 'throttled'), 'rate_limited'],
    ['429 in XML', 429, XML, 'rate_limited'],
    ['429 without a body', 429, '', 'rate_limited'],
    ['400/610', 400, fault('610'), 'not_found'],
    ['404', 404, '', 'not_found'],
    ['400 of an ended subscription', 400, fault('6190'), 'forbidden'],
    ['400 of anything else', 400, fault('2010', 'Unrecognized field'), 'invalid'],
    ['501', 501, fault('10000', 'not modelled', 'SystemFault'), 'invalid'],
    ['500', 500, fault('10000', 'boom', 'SystemFault'), 'unavailable'],
    ['504 in XML', 504, XML.replace('3001', '6002'), 'unavailable'],
    ['200 with a validation fault', 200, fault('2020'), 'invalid'],
    ['200 with a system fault', 200, fault('10000', 'boom', 'SystemFault'), 'unavailable'],
    ['200 with an authentication fault', 200, fault('3200', 'Token AB01', 'AuthenticationFault'), 'unauthorized'],
    ['200 with an authorization fault', 200, fault('3100', 'realm', 'AuthorizationFault'), 'grant_expired'],
  ])('%s', (_name, status, body, kind) => {
    const error = statusError({ status, headers: {}, body }, false);
    expect(error.kind).toBe(kind);
    expect(JSON.stringify(error)).not.toMatch(/AB01/);
  });

  it('of a write is unknown where the server broke, and only there', () => {
    expect(statusError({ status: 502, headers: {}, body: '' }, true).kind).toBe('outcome_unknown');
    expect(
      statusError({ status: 200, headers: {}, body: fault('6000', 'Business Validation Error: -30000 Unexpected Internal Error') }, true)
        .kind,
    ).toBe('outcome_unknown');
    expect(statusError({ status: 400, headers: {}, body: fault('2020') }, true).kind).toBe('invalid');
  });

  it('waits as long as it is asked to, and a minute otherwise', () => {
    const wait = (headers: Record<string, string>) => statusError({ status: 429, headers, body: '' }, false).details.retryAfterMs;
    expect([wait({}), wait({ 'retry-after': '7' }), wait({ 'retry-after': 'Mon, 02 Nov 2026 00:00:00 GMT' })]).toEqual([
      60_000, 7_000, 60_000,
    ]);
  });

  it('is read in both spellings, and anything else is no fault', () => {
    expect(firstFault(fault('610'))).toMatchObject({ code: '610', words: 'Because.' });
    expect(firstFault(gateway('3200', 'x'))).toMatchObject({ code: '3200' });
    for (const body of [undefined, '', XML, {}, { Fault: null }, { Fault: { Error: [] } }]) expect(firstFault(body)?.code ?? '').toBe('');
    expect(lostAccess({ body: gateway('120', '') })).toBe(true);
  });
});

describe('a refusal of one element', () => {
  const refused = (code: string, words = '') => refusalOf({ code, words, type: 'ValidationFault' });

  it.each([
    ['6140', 'DocNumber=1 is assigned to TxnType=Invoice with TxnId=412', 'number_taken'],
    ['6210', 'The account period has closed', 'period_locked'],
    ['6240', 'The name supplied already exists. : null', 'name_taken'],
    ['2500', 'Invalid Reference Id : Items element id 7 not found', 'reference_unknown'],
    ['2500', 'Invalid Reference Id', 'reference_unknown'],
    ['610', "Something you're trying to use has been made inactive", 'reference_inactive'],
    ['620', 'Transaction could not be linked', 'cannot_link'],
    ['5010', 'Stale Object Error', 'changed_meanwhile'],
    ['6000', 'Multi Currency should be enabled', 'currency_not_enabled'],
    ['6000', "must be the customer's currency", 'currency_mismatch'],
    ['6000', 'The total of a transaction must not be negative.', 'total_negative'],
    ['6000', 'must be an income account', 'account_invalid'],
    ['6070', 'Amount is not equal', 'line_total_mismatch'],
    ['6100', 'Invalid tax code', 'tax_invalid'],
    ['6190', 'Subscription ended', 'subscription_ended'],
    ['2050', 'String length', 'text_too_long'],
    ['6000', 'Something new', '6000'],
    ['', '', 'unknown'],
  ])('%s %s', (code, words, ours) => {
    const refusal = refused(code, words);
    expect(refusal).toMatchObject({ state: 'refused', vendorCode: ours });
    expect(refusal.cause).toMatch(/\.$|Something new/);
    expect(refusal.cause).not.toContain('$1');
  });

  it('names what the words name, and the document that has the number', () => {
    expect(refused('2500', 'Invalid Reference Id : Items element id 7 not found').cause).toContain('(Items element id 7)');
    expect(takenBy({ code: '6140', words: 'with TxnId=412', type: '' })).toBe('412');
    expect(takenBy({ code: '6140', words: '', type: '' })).toBeUndefined();
    expect(takenBy({ code: '6000', words: 'TxnId=412', type: '' })).toBeUndefined();
  });

  it('a stumble of the server is none', () => {
    expect(isStumble({ code: '10000', words: '', type: '' })).toBe(true);
    expect(isStumble({ code: '6000', words: 'Unexpected Internal Error', type: '' })).toBe(true);
    expect(isStumble({ code: '6000', words: 'Business Validation Error', type: 'ValidationFault' })).toBe(false);
  });
});
