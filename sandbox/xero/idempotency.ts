import { createHash, randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { SandboxContext } from '../kit/server.js';
import { gatewayProblem } from './problem.js';

const KEPT_MS = 6 * 60_000;
const LONGEST_KEY = 128;

interface StoredAnswer {
  fingerprint: string;
  firstCallAt: number;
  status: number;
  contentType: string;
  body: string;
}

/**
 * `Idempotency-Key` on writes: for six minutes from the first call the stored answer, error or not, is repeated without
 * doing anything; another request under the key is refused; afterwards the key is new again and duplicates happen.
 */
export function idempotency(context: SandboxContext) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || !['POST', 'PUT', 'PATCH'].includes(request.method)) return next();
    if (key.length > LONGEST_KEY) throw badRequest(`Idempotency Key must be at most ${LONGEST_KEY} characters`);
    const now = context.clock.now().getTime();
    const fingerprint = fingerprintOf(request);
    const known = context.store.get<StoredAnswer>('_idempotency', key);
    if (known && now - known.firstCallAt < KEPT_MS) {
      if (known.fingerprint !== fingerprint) throw badRequest(`Idempotency Key ${key} is used with a different request`);
      response.status(known.status);
      if (known.contentType) response.setHeader('Content-Type', known.contentType);
      return void response.send(known.body);
    }
    const send = response.send.bind(response);
    response.send = (body: unknown) => {
      // Sending an object comes back here as text, so only the text is kept.
      if (typeof body === 'string') {
        const contentType = String(response.getHeader('Content-Type') ?? '');
        const answer: StoredAnswer = { fingerprint, firstCallAt: now, status: response.statusCode, contentType, body };
        context.store.put('_idempotency', key, answer);
      }
      return send(body);
    };
    next();
  };
}

function fingerprintOf(request: Request): string {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return createHash('sha256').update(`${request.method} ${request.originalUrl}\n`).update(body).digest('hex');
}

function badRequest(detail: string) {
  return gatewayProblem(400, 'Bad Request', detail, randomUUID());
}
