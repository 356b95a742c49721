import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { credentials, SpecClient } from './spec-client.fixture.js';

let psa: SpecClient;
beforeEach(async () => void (psa = await SpecClient.start()));
afterEach(() => psa.stop());

const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` });

describe('the way in', () => {
  it('looks companies up without keys', async () => {
    const known = await fetch(`${psa.sandbox.url}/login/companyinfo/lumenit`);
    expect(await known.json()).toMatchObject({ Codebase: 'v2025_1/', CompanyID: 'lumenit' });
    const unknown = await fetch(`${psa.sandbox.url}/login/companyinfo/nobody`);
    expect([unknown.status, await unknown.json()]).toEqual([200, null]);
  });

  it('answers on the codebase and on the stable base, with the version that was asked for', async () => {
    for (const base of ['v2025_1', 'v4_6_release']) {
      const headers = { ...credentials(), Accept: 'application/vnd.connectwise.com+json; version=2024.6' };
      const answer = await fetch(`${psa.sandbox.url}/${base}/apis/3.0/system/info`, { headers });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain('application/vnd.connectwise.com+json; version=2024.6');
      expect(answer.headers.get('api-current-version')).toBe('2025.1');
    }
    const wrong = await fetch(`${psa.sandbox.url}/v2019_1/apis/3.0/system/info`, { headers: credentials() });
    expect([wrong.status, await wrong.text()]).toEqual([400, 'Cannot route. Codebase/company is invalid']);
  });

  it('refuses wrong keys, a wrong company and a missing clientId, each in its own way', async () => {
    const wrongKey = await psa.call('GET', '/system/info', undefined, basic('lumenit+sandboxpublic:wrong'));
    expect([wrongKey.status, wrongKey.body]).toEqual([401, { code: 'ConnectWiseApi', message: 'UserNotAuthenticated' }]);
    const wrongCompany = await psa.call('GET', '/system/info', undefined, basic('acme+sandboxpublic:sandboxprivate'));
    expect([wrongCompany.status, wrongCompany.text]).toEqual([400, 'Cannot route. Codebase/company is invalid']);
    expect((await psa.call('GET', '/system/info', undefined, { clientId: '' })).status).toBe(401);
  });

  it('fails loudly on what it does not model', async () => {
    const route = await psa.get('/finance/invoices/5201/pdf');
    expect([route.status, route.body]).toEqual([404, { code: 'ConnectWiseApi', message: 'The endpoint does not exist.' }]);
    const record = await psa.get('/finance/invoices/99');
    expect([record.status, record.body]).toEqual([404, { code: 'NotFound', message: 'Invoice 99 not found' }]);
    expect((await psa.call('DELETE', '/time/entries')).status).toBe(405);
    expect((await psa.get('/time/entries', { conditions: `id in (${'1,'.repeat(1_100)}1)` })).status).toBe(414);
  });

  it('denies by area, and by reading or writing', async () => {
    await psa.call('POST', '/_sandbox/options', { denied: ['time', 'payments:write'] });
    const time = await psa.get<{ code: string; message: string; errors: null }>('/time/entries');
    expect(time.status).toBe(403);
    expect(time.body).toEqual({ code: 'Security', message: expect.stringContaining('insufficient permissions') as string, errors: null });
    expect((await psa.get('/finance/invoices/5202/payments')).status).toBe(200);
    expect((await psa.call('POST', '/finance/invoices/5202/payments', { amount: 1 })).status).toBe(403);
    expect((await psa.get('/finance/invoices')).status).toBe(200);
  });

  it('throttles above the rate of a minute and lets go when the sandbox clock has moved on', async () => {
    await psa.call('POST', '/_sandbox/options', { requestsPerMinute: 3 });
    for (let count = 0; count < 3; count += 1) expect((await psa.get('/system/info')).status).toBe(200);
    const refused = await psa.get('/system/info');
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(50);
    expect(refused.body).toEqual({ error: 'ConnectWiseAPI', message: `Too many requests. Please try again in ${seconds} seconds.` });
    await psa.call('POST', '/_sandbox/clock', { advanceMs: seconds * 1_000 });
    expect((await psa.get('/system/info')).status).toBe(200);
  });

  it('escapes everything on its page', async () => {
    const page = await (await fetch(psa.sandbox.url)).text();
    expect(page).toContain('Palmetto Freight &#60;Express&#62;');
    expect(page).not.toContain('<Express>');
    expect(page).toContain('Kite &#38; Co');
  });
});
