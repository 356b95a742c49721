import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { limitServer } from './server-limits.js';

let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => response.end(`${request.rawHeaders.length / 2} headers`));
    request.on('error', () => undefined);
  });
  limitServer(server, { headersTimeoutMs: 200, requestTimeoutMs: 400, keepAliveTimeoutMs: 300, checkEveryMs: 50 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** What comes back until the line is closed; `drip` is sent again and again, as slow senders do. */
function talk(first: string, drip?: string, at = port): Promise<{ answer: string; milliseconds: number }> {
  const began = performance.now();
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(at, '127.0.0.1', () => socket.write(first));
    const timer = setInterval(() => drip !== undefined && socket.writable && socket.write(drip), 30);
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(answer);
    });
  });
}

it('has its own limits instead of the minutes that Node waits', () => {
  expect(server).toMatchObject({ headersTimeout: 200, requestTimeout: 400, keepAliveTimeout: 300 });
});

it('cuts off headers that do not end, however steadily they drip', async () => {
  // Patient with bodies, so that it is the limit of headers that is seen here.
  const patient = createServer();
  limitServer(patient, { headersTimeoutMs: 200, requestTimeoutMs: 60_000, keepAliveTimeoutMs: 300, checkEveryMs: 50 });
  await new Promise<void>((resolve) => patient.listen(0, '127.0.0.1', resolve));
  const { answer, milliseconds } = await talk('GET / HTTP/1.1\r\nHost: a\r\n', 'X-Drip: 1\r\n', (patient.address() as AddressInfo).port);
  expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(milliseconds).toBeLessThan(LIMIT_MS);
  patient.close();
});

it('cuts off a body that does not end', async () => {
  const answer = await talk('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n', 'x');
  expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
});

it('closes a line on which nothing is asked any more', async () => {
  const answer = await talk('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
});

it('refuses headers that are too large or too many', async () => {
  expect(await talk(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  const many = Array.from({ length: 400 }, (_, index) => `X-${index}: y\r\n`).join('');
  expect(await talk(`GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${many}\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
});

it.each([
  'hello\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
])('answers what is no HTTP, or two things at once, with a clean 400: %j', async (text) => {
  const answer = await talk(text);
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(answer).toMatch(/Content-Security-Policy: default-src 'none'/);
});

it('lets somebody go who hangs up in the middle', async () => {
  const socket = connect(port, '127.0.0.1', () => {
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx');
    socket.resetAndDestroy();
  });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.on('close', resolve));
  expect(await talk('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(/200 OK/);
});
