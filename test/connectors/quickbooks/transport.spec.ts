import { createServer, type RequestListener, type Server } from 'node:http';
import { outcomesOf } from '../../support/batch-outcomes.js';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectorContext, MemoryLease } from '../../support/connector-context.js';
import { quickbooksEnvironmentFor } from '../../support/quickbooks.js';
import type { AccountingLedger } from '../../../src/ports/accounting-ledger.js';
import { QuickbooksConnector } from '../../../src/connectors/quickbooks/quickbooks.module.js';

const SECRET = 'access-token-that-must-not-leak';
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function vendor(answer: RequestListener): Promise<string> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

/** For what never ends; all else is waited for as long as a machine may need. */
const HASTE_MS = 500;

function ledgerAt(url: string, timeoutMs = 60_000): { ledger: AccountingLedger; pauses: number[] } {
  const connector = new QuickbooksConnector(quickbooksEnvironmentFor(url, { QUICKBOOKS_TIMEOUT_MS: String(timeoutMs) }));
  const lease = new MemoryLease({ accessToken: SECRET, refreshToken: 'r' }, (stale) => Promise.resolve({ ...stale }));
  const context = connectorContext(lease, '9341452987650123457');
  return { ledger: connector.open(context).ledger as AccountingLedger, pauses: context.pacer.pauses };
}

const DOCUMENT = { memberKey: '1', number: '1', body: '{"Line":[{"Amount":1}]}' };
const BATCH = { requestKey: 'k', kind: 'invoice' as const, members: [DOCUMENT] };

const silence: RequestListener = () => undefined;

const READS: [string, (ledger: AccountingLedger) => Promise<unknown>][] = [
  ['a record', (ledger) => ledger.profile()],
  ['a list', (ledger) => ledger.find('invoice', ['1'])],
];

async function failure(work: Promise<unknown>): Promise<Record<string, unknown>> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(`${JSON.stringify(error)} ${String((error as Error | undefined)?.stack)}`).not.toContain(SECRET);
  return error as Record<string, unknown>;
}

const json = (response: Parameters<RequestListener>[1], status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

describe.each(READS)('reading %s', (_name, read) => {
  it.each([
    ['no answer', silence, 'unavailable'],
    ['a broken line', ((request) => void request.socket.destroy()) as RequestListener, 'unavailable'],
    [
      'half a JSON text',
      ((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"half":')) as RequestListener,
      'unreadable',
    ],
    [
      'a page of HTML',
      ((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')) as RequestListener,
      'unreadable',
    ],
    ['another shape', ((_, response) => json(response, 200, { QueryResponse: 7, CompanyInfo: 7 })) as RequestListener, 'unreadable'],
    ['nothing', ((_, response) => json(response, 200, null)) as RequestListener, 'unreadable'],
    ['a redirect', ((_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()) as RequestListener, 'unreadable'],
    ['an outage', ((_, response) => response.writeHead(503).end('<xml/>')) as RequestListener, 'unavailable'],
    [
      'a fault inside a 200',
      ((_, response) => json(response, 200, { Fault: { Error: [{ code: '610' }], type: 'ValidationFault' } })) as RequestListener,
      'not_found',
    ],
    [
      'a refused token',
      ((_, response) => json(response, 401, { fault: { error: [{ code: '3200', detail: SECRET }] } })) as RequestListener,
      'unauthorized',
    ],
  ])('%s', async (_trouble, answer, kind) => {
    const { ledger } = ledgerAt(await vendor(answer), answer === silence ? HASTE_MS : undefined);
    expect(await failure(read(ledger))).toMatchObject({ kind });
  });

  it('an answer of 41 MB is not swallowed', async () => {
    const chunk = 'x'.repeat(1_000_000);
    const url = await vendor((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      for (let megabytes = 0; megabytes < 41; megabytes += 1) response.write(chunk);
      response.end();
    });
    expect(await failure(read(ledgerAt(url).ledger))).toMatchObject({ kind: expect.stringMatching(/unreadable|unavailable/) as string });
  });

  it('an answer that drips has a deadline', async () => {
    const url = await vendor((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    });
    // Without one, this waits for ever.
    expect(await failure(read(ledgerAt(url, HASTE_MS).ledger))).toMatchObject({ kind: 'unavailable' });
  });

  it('a vendor that is not there', async () => {
    expect(await failure(read(ledgerAt('http://127.0.0.1:1').ledger))).toMatchObject({ kind: 'unavailable' });
  });

  it('a rate limit pauses for as long as it says', async () => {
    const { ledger, pauses } = ledgerAt(await vendor((_, response) => response.writeHead(429, { 'retry-after': '9' }).end()));
    expect(await failure(read(ledger))).toMatchObject({ kind: 'rate_limited', details: { retryAfterMs: 9_000 } });
    expect(pauses).toEqual([9_000]);
  });
});

describe('writing', () => {
  it.each([
    ['an answer that is too large', ((_, response) => response.end('x'.repeat(41_000_000))) as RequestListener],
    ['a redirect', ((_, response) => response.writeHead(307, { location: '/' }).end()) as RequestListener],
    [
      'an answer without the member',
      ((_, response) => json(response, 200, { BatchItemResponse: [{ bId: 'other', Invoice: {} }] })) as RequestListener,
    ],
    ['an answer that is no list', ((_, response) => json(response, 200, {})) as RequestListener],
    [
      'a member without an id',
      ((_, response) => json(response, 200, { BatchItemResponse: [7, { bId: '1', Invoice: {} }] })) as RequestListener,
    ],
    [
      'a stumble',
      ((_, response) =>
        json(response, 200, {
          BatchItemResponse: [{ bId: '1', Fault: { Error: [{ code: '10000' }], type: 'SystemFault' } }],
        })) as RequestListener,
    ],
  ])('after %s nobody knows', async (_trouble, answer) => {
    expect(await outcomesOf(ledgerAt(await vendor(answer)).ledger.send(BATCH))).toMatchObject([{ state: 'unknown' }]);
  });

  it('to a vendor that is not there wrote nothing', async () => {
    expect(await failure(ledgerAt('http://127.0.0.1:1').ledger.send(BATCH))).toMatchObject({ kind: 'unavailable' });
  });

  it('keeps the frozen bytes as they are', async () => {
    let received = '';
    const url = await vendor((request, response) => {
      request.on('data', (chunk: Buffer) => (received += chunk.toString()));
      request.on('end', () => json(response, 200, { BatchItemResponse: [] }));
    });
    const body = '{ "Line" : [{"Amount":1.10}], "big":9341452987650123457 }';
    await ledgerAt(url).ledger.send({ ...BATCH, members: [{ ...DOCUMENT, body }] });
    expect(received).toBe(`{"BatchItemRequest":[{"bId":"1","operation":"create","Invoice":${body}}]}`);
  });
});
