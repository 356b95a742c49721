import { readFileSync, statSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { BARE_POLICY } from './content-policies.js';
import { limitServer } from './server-limits.js';

export interface TlsFiles {
  certFile: string;
  keyFile: string;
}

const LOOK_AGAIN_MS = 10_000;

/** For the server that is about to be made. @throws OneSentenceError when the files cannot be read or do not belong together */
export function tlsOptions({ certFile, keyFile }: TlsFiles): SecureContextOptions {
  const options: SecureContextOptions = {
    cert: read(certFile, 'TLS_CERT'),
    key: read(keyFile, 'TLS_KEY'),
    minVersion: 'TLSv1.2',
    // Whoever can only do older ciphers without forward secrecy cannot talk to us.
    ciphers: 'ECDHE+AESGCM:ECDHE+CHACHA20',
    honorCipherOrder: true,
  };
  try {
    createSecureContext(options);
  } catch (error) {
    throw new OneSentenceError(`TLS_CERT and TLS_KEY cannot be used together: ${(error as Error).message}.`);
  }
  return options;
}

/**
 * Certificates live weeks; the program that renews them only replaces the files. Connections that stand keep the old one.
 * Files that cannot be used (half written, of different pairs) are looked at again, and the last good pair stays.
 */
export function renewTls(server: HttpsServer, files: TlsFiles, say: (sentence: string) => void, everyMs = LOOK_AGAIN_MS): () => void {
  let seen = changedAt(files);
  const timer = setInterval(() => {
    const now = changedAt(files);
    if (now === seen) return;
    seen = now;
    try {
      server.setSecureContext(tlsOptions(files));
      say('The certificate was renewed from TLS_CERT.');
    } catch (error) {
      if (!(error instanceof OneSentenceError)) throw error;
      say(`${error.message} The certificate in use stays.`);
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** The second port: whoever comes by plain http is led to the address that is meant, with nothing taken from the request but its path. */
export function redirectToHttps(publicUrl: string): HttpServer {
  const server = createHttpServer((request, response) => {
    const asked = request.url ?? '/';
    const path = asked.startsWith('/') && !asked.startsWith('//') ? asked : '/';
    response.writeHead(request.method === 'GET' || request.method === 'HEAD' ? 308 : 403, {
      ...(request.method === 'GET' || request.method === 'HEAD' ? { Location: new URL(publicUrl).origin + path } : {}),
      'Cache-Control': 'no-store',
      'Content-Length': '0',
      'Content-Security-Policy': BARE_POLICY,
      'X-Content-Type-Options': 'nosniff',
    });
    response.end();
  });
  limitServer(server);
  return server;
}

function changedAt({ certFile, keyFile }: TlsFiles): string {
  const [cert, key] = [certFile, keyFile].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs);
  return `${cert} ${key}`;
}

function read(file: string, variable: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new OneSentenceError(`${variable} cannot be read: ${(error as Error).message}.`);
  }
}
