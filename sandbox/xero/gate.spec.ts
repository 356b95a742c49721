import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anyContactId, connectedSandbox, invoiceBody, type TestClient } from './test-client.fixture.js';

let client: TestClient;
const organisation = () => client.api('GET', '/Organisation');

describe('limits', () => {
  beforeEach(async () => void (client = await connectedSandbox({ latencyMs: 0 })));
  afterEach(() => client.close());

  it('are sixty in a fixed minute of the sandbox clock, then an empty 429 that says when', async () => {
    const first = await organisation();
    expect(first.headers.get('x-minlimit-remaining')).toBe('59');
    expect(first.headers.get('x-daylimit-remaining')).toBe('4999');
    expect(first.headers.get('x-appminlimit-remaining')).toMatch(/^99\d\d$/);
    client.sandbox.clock.advance(20_000);
    for (let count = 1; count < 60; count += 1) expect((await organisation()).status).toBe(200);
    const refused = await organisation();
    expect([refused.status, refused.text, refused.headers.get('content-type')]).toEqual([429, '', null]);
    expect(refused.headers.get('x-rate-limit-problem')).toBe('minute');
    expect(refused.headers.get('x-minlimit-remaining')).toBe('0');
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(30);
    expect(wait).toBeLessThanOrEqual(40);
    client.sandbox.clock.advance(wait * 1_000);
    expect((await organisation()).status).toBe(200);
  });

  it('count the day, as the plan says', async () => {
    await client.control('/options', { dayLimit: 2 });
    await organisation();
    await organisation();
    const refused = await organisation();
    expect(refused.headers.get('x-rate-limit-problem')).toBe('day');
    client.sandbox.clock.advance(25 * 3_600_000);
    // The token is long dead by then: the limit is no longer what refuses.
    expect((await organisation()).status).toBe(401);
  });

  it('let five in at once and say no Retry-After to the sixth', async () => {
    await client.control('/options', { latencyMs: 150 });
    const answers = await Promise.all(Array.from({ length: 7 }, organisation));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(2);
    expect(refused[0]?.headers.get('x-rate-limit-problem')).toBe('concurrent');
    expect(refused[0]?.headers.get('retry-after')).toBeNull();
    expect((await organisation()).status).toBe(200);
  });

  it('refuse an option nobody knows', async () => {
    expect((await client.control('/options', { minutLimit: 3 })).status).toBe(400);
  });
});

describe('idempotency', () => {
  beforeEach(async () => void (client = await connectedSandbox()));
  afterEach(() => client.close());
  const put = (body: unknown, key: string) => client.api('PUT', '/Invoices', body, { 'idempotency-key': key });
  const countOf = async (number: string) => (await client.api('GET', `/Invoices?InvoiceNumbers=${number}`)).json.Invoices.length;

  it('repeats the answer for six minutes from the first call, then does it again', async () => {
    const contactId = await anyContactId(client);
    const purchase = invoiceBody('BILL-1', contactId, { Type: 'ACCPAY' });
    const first = await put(purchase, 'k1');
    client.sandbox.clock.advance(3 * 60_000);
    expect((await put(purchase, 'k1')).text).toBe(first.text);
    client.sandbox.clock.advance(2.9 * 60_000);
    expect((await put(purchase, 'k1')).text).toBe(first.text);
    expect(await countOf('BILL-1')).toBe(1);
    client.sandbox.clock.advance(0.2 * 60_000);
    expect((await put(purchase, 'k1')).text).not.toBe(first.text);
    expect(await countOf('BILL-1')).toBe(2);
  });

  it('repeats errors too, even when their cause is gone', async () => {
    const contactId = await anyContactId(client);
    await client.control('/options', { periodLockDate: '2026-11-30' });
    const first = await put(invoiceBody('ERR-1', contactId), 'k2');
    expect(first.status).toBe(400);
    await client.control('/options', { periodLockDate: null });
    const again = await put(invoiceBody('ERR-1', contactId), 'k2');
    expect([again.status, again.text]).toEqual([400, first.text]);
    expect(again.headers.get('content-type')).toContain('json');
    expect((await put(invoiceBody('ERR-1', contactId), 'k3')).status).toBe(200);
  });

  it('refuses another body, another address and a long key', async () => {
    const contactId = await anyContactId(client);
    await put(invoiceBody('IDEM-1', contactId), 'k4');
    const other = await put(invoiceBody('IDEM-2', contactId), 'k4');
    expect([other.status, other.json['Detail']]).toEqual([400, 'Idempotency Key k4 is used with a different request']);
    expect((await client.api('POST', '/Invoices', invoiceBody('IDEM-1', contactId), { 'idempotency-key': 'k4' })).status).toBe(400);
    expect((await put(invoiceBody('IDEM-3', contactId), 'k'.repeat(129))).status).toBe(400);
    expect(await countOf('IDEM-2,IDEM-3')).toBe(0);
  });

  it('a line cut after the commit leaves the document and the answer behind', async () => {
    const contactId = await anyContactId(client);
    const body = invoiceBody('CUT-1', contactId);
    await client.control('/faults', { match: { method: 'PUT', path: '/Invoices' }, mode: 'drop-after-commit' });
    await expect(put(body, 'k5')).rejects.toThrow();
    expect(await countOf('CUT-1')).toBe(1);
    const replay = await put(body, 'k5');
    expect([replay.status, replay.json.Invoices[0]?.['InvoiceNumber']]).toEqual([200, 'CUT-1']);
    expect(await countOf('CUT-1')).toBe(1);
    expect((await put(body, 'k6')).status).toBe(400);
  });

  it("answers planned failures in the vendor's words", async () => {
    await client.control('/faults', { match: { path: '/Organisation' }, mode: 'status', status: 503 });
    expect(await organisation()).toMatchObject({ status: 503, text: 'The Xero API is temporarily unavailable' });
    await client.control('/faults', { match: { path: '/Organisation' }, mode: 'status', status: 429, retryAfter: 7 });
    const refused = await organisation();
    expect([refused.status, refused.text, refused.headers.get('retry-after'), refused.headers.get('content-type')]).toEqual([
      429,
      '',
      '7',
      null,
    ]);
  });
});
