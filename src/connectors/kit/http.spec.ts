import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttp, readJsonAnswer } from './http.js';

const settings = { label: 'Vendor', maxAnswerBytes: 1_000, reach: 'operators' } as const;
/** Waits for whatever does come, on any machine. */
const http = createHttp({ ...settings, timeoutMs: 60_000 });
/** For what never ends. */
const hasty = createHttp({ ...settings, timeoutMs: 200 });
const servers: Server[] = [];

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('an answer', () => {
  it('comes as text for every status, with amounts that stay what they were', async () => {
    const url = await serving((_request, response) => response.writeHead(418).end('{"amount":0.1,"big":1234567.8901}'));
    const answer = await http.get<string>(url);
    expect(answer.status).toBe(418);
    expect(readJsonAnswer('Vendor', answer)).toEqual({ amount: 0.1, big: 1234567.8901 });
  });

  it('that is half a JSON text is unreadable, and after a write unknown', async () => {
    const url = await serving((_request, response) => response.end('{"cut":'));
    const [read, written, asked] = [
      await http.get<string>(url),
      await http.post<string>(url, 'x'),
      await http.post<string>(url, 'x', { idempotent: true }),
    ];
    expect(() => readJsonAnswer('Vendor', read)).toThrow(expect.objectContaining({ kind: 'unreadable' }));
    expect(() => readJsonAnswer('Vendor', written)).toThrow(expect.objectContaining({ kind: 'outcome_unknown' }));
    expect(() => readJsonAnswer('Vendor', asked)).toThrow(expect.objectContaining({ kind: 'unreadable' }));
  });
});

const silence: RequestListener = () => undefined;
const FAULTS: [name: string, listener: RequestListener, reading: string, writing: string][] = [
  ['is too large', (_request, response) => response.end('x'.repeat(1_001)), 'unreadable', 'outcome_unknown'],
  ['never comes', silence, 'unavailable', 'outcome_unknown'],
  [
    'breaks off',
    (_request, response) => response.writeHead(200, { 'Content-Length': 10 }).write('12345', () => response.destroy()),
    'unavailable',
    'outcome_unknown',
  ],
  ['is no HTTP', (request) => request.socket.end('hello\r\n\r\n'), 'unavailable', 'outcome_unknown'],
  ['is a redirect', (_request, response) => response.writeHead(302, { Location: '/elsewhere' }).end(), 'unreadable', 'outcome_unknown'],
];

describe.each(FAULTS)('an answer that %s', (_name, listener, reading, writing) => {
  it('is told by what was asked', async () => {
    const url = await serving(listener);
    const client = listener === silence ? hasty : http;
    await expect(client.get(url)).rejects.toMatchObject({ name: 'ConnectorError', kind: reading });
    await expect(client.put(url, 'x')).rejects.toMatchObject({ name: 'ConnectorError', kind: writing });
    await expect(client.put(url, 'x', { idempotent: true })).rejects.toMatchObject({ kind: reading });
  });
});

describe('an exchange', () => {
  it('ends at the deadline even when bytes keep dripping', async () => {
    const timers: NodeJS.Timeout[] = [];
    const url = await serving((_request, response) => void timers.push(setInterval(() => response.write('x'), 20)));
    // Without a deadline this waits for ever.
    await expect(hasty.get(url)).rejects.toMatchObject({ kind: 'unavailable' });
    timers.forEach(clearInterval);
  });

  it('ends when the caller aborts', async () => {
    const url = await serving(() => undefined);
    const caller = new AbortController();
    const asked = http.get(url, { signal: caller.signal });
    caller.abort();
    await expect(asked).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('that cannot even connect has sent nothing, write or not', async () => {
    const url = await serving(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await expect(http.put(url, 'x')).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('fails without showing what was sent', async () => {
    const url = await serving((_request, response) => response.destroy());
    const failure: unknown = await http.get(url, { headers: { Authorization: 'Bearer secret-token' } }).catch((error: unknown) => error);
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('secret-token');
  });
});
