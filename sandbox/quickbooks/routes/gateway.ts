import type { NextFunction, Request, Response } from 'express';
import type { SandboxContext } from '../../kit/server.js';
import type { Books } from '../books.js';
import { gatewayBody, NotModelled } from '../fault-bodies.js';
import { Limits } from '../limits.js';
import { bearerOf } from '../oauth.js';
import { Tokens } from '../tokens.js';
import { transactionId } from '../transaction-id.js';
import { sendGateway } from './answer.js';

/** What stands before the application: transaction id, bearer token, company, and pace. */
export function gateway(context: SandboxContext, books: Books) {
  const tokens = new Tokens(context.store, context.clock);
  const limits = new Limits(books);
  return (request: Request, response: Response, next: NextFunction): void => {
    response.setHeader('intuit_tid', transactionId());
    response.setHeader('QBO-Version', '1960.190');
    const grant = tokens.grantOf(bearerOf(request) ?? '');
    if (typeof grant === 'string') return refuseToken(books, response, grant);
    if (grant.realmId !== request.params['realmId']) return sendGateway(books, response, 403);
    const isBatch = /\/batch$/i.test(request.path);
    if (!limits.take(isBatch)) return throttle(books, response);
    if (!wantsJson(request)) throw new NotModelled('Without "Accept: application/json" the real service answers XML; XML is not modelled');
    next();
  };
}

function refuseToken(books: Books, response: Response, why: 'unknown' | 'expired'): void {
  const detail = why === 'expired' ? 'Token expired: AB01…' : 'Malformed bearer token: token is unknown, revoked or missing';
  response
    .status(401)
    .type('application/json')
    .send(gatewayBody(401, '3200', 'AuthenticationFailed', detail, books.clock.now()));
}

function throttle(books: Books, response: Response): void {
  const kind = books.options.throttleBody;
  if (kind === 'xml') return sendGateway(books, response, 429);
  const detail = 'The request limit was reached.  Try again later';
  const json = gatewayBody(429, '3001', 'ThrottleExceeded', detail, books.clock.now());
  response
    .status(429)
    .type('application/json')
    .send(kind === 'json' ? json : '');
}

function wantsJson(request: Request): boolean {
  return request.query['format'] === 'json' || (request.get('accept') ?? '').includes('json') || /\/download\//i.test(request.path);
}
