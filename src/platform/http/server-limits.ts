import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { BARE_POLICY } from './content-policies.js';

export interface ServerLimits {
  /** From the first byte of a request to the last of its headers. */
  headersTimeoutMs: number;
  /** To the last byte of its body; large enough for a logo over a slow line. */
  requestTimeoutMs: number;
  /** Longer than a proxy keeps a connection open, so that it never sends into one that we have just closed. */
  keepAliveTimeoutMs: number;
  /** How often the clock is looked at. */
  checkEveryMs: number;
}

const DEFAULTS: ServerLimits = { headersTimeoutMs: 15_000, requestTimeoutMs: 60_000, keepAliveTimeoutMs: 65_000, checkEveryMs: 5_000 };
const MOST_HEADERS = 100;
const MOST_REQUESTS_PER_CONNECTION = 1_000;

/** Cuts off who sends slowly or too much before there is a request that a handler could answer. Call it before listening. */
export function limitServer(server: Server, limits: Partial<ServerLimits> = {}): void {
  const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs, checkEveryMs } = { ...DEFAULTS, ...limits };
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.maxHeadersCount = MOST_HEADERS;
  server.maxRequestsPerSocket = MOST_REQUESTS_PER_CONNECTION;
  // Read when the server begins to listen; the default of 30 s would make every limit above that much longer.
  Object.assign(server, { connectionsCheckingInterval: checkEveryMs });
  server.on('clientError', refuse);
}

const ANSWERS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
};

/** What could not be read as HTTP: there is no request, so the answer is written by hand and the line closed. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const status = ANSWERS[error.code ?? ''] ?? '400 Bad Request';
  const headers = [
    'Connection: close',
    'Content-Length: 0',
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `Content-Security-Policy: ${BARE_POLICY}`,
  ];
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\n\r\n`, () => socket.destroy());
}
