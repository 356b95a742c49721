import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { redirectToHttps, renewTls, tlsOptions } from './tls.js';

const folder = mkdtempSync(join(tmpdir(), 'countersign-tls-'));
const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
let pairs: { cert: string; private: string }[];
let turn = 0;

/** Each write has a time of its own, whatever the file system counts in. */
function put(cert: string | undefined, key: string | undefined): void {
  turn += 1;
  if (cert !== undefined) writeFileSync(files.certFile, cert);
  if (key !== undefined) writeFileSync(files.keyFile, key);
  for (const file of Object.values(files)) utimesSync(file, turn, turn);
}

beforeAll(async () => {
  pairs = await Promise.all(['one', 'two'].map((name) => generate([{ name: 'commonName', value: name }], { algorithm: 'sha256' })));
  put(pairs[0]?.cert, pairs[0]?.private);
});
afterAll(() => rmSync(folder, { recursive: true }));

function handshake(
  port: number,
  versions: { maxVersion?: 'TLSv1.1' | 'TLSv1.2' } = {},
): Promise<{ name: string; protocol: string | null }> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...versions }, () => {
      resolve({ name: String(socket.getPeerCertificate().subject.CN), protocol: socket.getProtocol() });
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** Or until the test is given up. */
async function until(look: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('TLS of our own', () => {
  it('speaks 1.2 and newer, takes a new certificate while it runs, and keeps the last good one', async () => {
    const server = createServer(tlsOptions(files), (_request, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const said: string[] = [];
    const stop = renewTls(server, files, (sentence) => said.push(sentence), 20);
    expect(await handshake(port)).toEqual({ name: 'one', protocol: 'TLSv1.3' });
    expect(await handshake(port, { maxVersion: 'TLSv1.2' })).toEqual({ name: 'one', protocol: 'TLSv1.2' });
    await expect(handshake(port, { maxVersion: 'TLSv1.1' })).rejects.toThrow();
    put(pairs[1]?.cert, undefined);
    await until(() => said.length === 1);
    expect(said[0]).toMatch(/^TLS_CERT and TLS_KEY cannot be used together: .* The certificate in use stays\.$/);
    expect((await handshake(port)).name).toBe('one');
    put(undefined, pairs[1]?.private);
    await until(() => said.length === 2);
    expect(said[1]).toBe('The certificate was renewed from TLS_CERT.');
    expect((await handshake(port)).name).toBe('two');
    stop();
    server.close();
  });

  it('says in one sentence which file cannot be read', () => {
    expect(() => tlsOptions({ ...files, keyFile: join(folder, 'none') })).toThrow(OneSentenceError);
    expect(() => tlsOptions({ ...files, certFile: join(folder, 'none') })).toThrow(/^TLS_CERT cannot be read: ENOENT/);
  });
});

describe('the second port', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = redirectToHttps('https://billing.msp.example');
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => void server.close());

  const ask = (path: string, method = 'GET'): Promise<{ status: number | undefined; location: string | undefined }> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(
        { port, host: '127.0.0.1', path, method, headers: { host: 'evil.example' }, agent: false },
        (response) => {
          response.resume();
          resolve({ status: response.statusCode, location: response.headers.location });
        },
      );
      request.on('error', reject).end();
    });

  it.each([
    ['/', 'https://billing.msp.example/'],
    ['/invoices?q=1', 'https://billing.msp.example/invoices?q=1'],
    ['//evil.example/x', 'https://billing.msp.example/'],
    ['http://evil.example/x', 'https://billing.msp.example/'],
  ])('leads %s to the public address, whatever host was asked for', async (path, location) => {
    expect(await ask(path)).toEqual({ status: 308, location });
  });

  it('takes nothing that was sent in the clear', async () => {
    expect(await ask('/sign-in/code', 'POST')).toEqual({ status: 403, location: undefined });
  });
});
