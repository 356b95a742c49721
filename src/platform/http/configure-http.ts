import type { Server } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Config } from '../config/config.js';
import { bodies } from './bodies.js';
import { securityHeaders } from './security-headers.js';
import { limitServer, type ServerLimits } from './server-limits.js';
import type { RequestHandler, Response, NextFunction, Request } from 'express';
import { HttpException, BadRequestException } from '@nestjs/common';

/** PostgreSQL's text cannot hold U+0000, so that it would come back as a fault of ours from wherever it is first stored or compared. */
function refuseNul(request: Request, _response: Response, next: NextFunction): void {
  const found = /%00|\0/.test(request.url) || holdsNul(request.body);
  next(
    found
      ? new BadRequestException('A text in this request holds the character U+0000, which nothing here can hold. Remove it and send again.')
      : undefined,
  );
}

/** Without recursion: a body may be nested as deep as its size allows. Raw bytes are the business of whoever reads them. */
function holdsNul(body: unknown): boolean {
  const waiting = [body];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one === 'string' && one.includes('\0')) return true;
    if (typeof one !== 'object' || one === null || Buffer.isBuffer(one)) continue;
    for (const [name, value] of Object.entries(one)) waiting.push(name, value);
  }
  return false;
}

/** Also says what to change, because the usual cause is a proxy that puts its own idea of a host in. */
const SENTENCE =
  'This address is not the one that Countersign is reached at. Use its own address; an operator whose proxy replaces the Host header lets it pass through.';

/**
 * Requests for another host get nothing: neither a page that a name of an attacker leads to (DNS rebinding), nor an answer that
 * a cache would keep under a wrong name. Links never follow the Host header in any case: they are made from PUBLIC_URL.
 */
function knownHost(publicUrl: string): RequestHandler {
  const ours = new URL(publicUrl).hostname.toLowerCase();
  return (request, _response, next) => {
    // Load balancers and the launcher ask by address; the answers say nothing.
    if (request.path.startsWith('/health/') || request.hostname?.toLowerCase() === ours) return next();
    next(new HttpException(SENTENCE, 421));
  };
}

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const HEADERS = 'Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key';
const EXPOSED = 'ETag, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy';
const TEN_MINUTES = '600';

/**
 * Pages of other sites may read the API only when the operator lists their origin, and never with cookies: what they send is
 * a key that their own user typed there.
 */
function crossOrigin(origins: readonly string[]): RequestHandler {
  const allowed = new Set(origins);
  return (request, response, next) => {
    if (!/^\/api\/v1(?:\/|$)/.test(request.path)) return next();
    response.vary('Origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) return next();
    response.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': EXPOSED });
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) return preflight(response);
    next();
  };
}

function preflight(response: Response): void {
  response.vary('Access-Control-Request-Headers').set({
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Allow-Headers': HEADERS,
    'Access-Control-Max-Age': TEN_MINUTES,
  });
  response.status(204).end();
}

export interface HttpOptions {
  /** Whether people reach us by https, here or at a proxy. */
  https: boolean;
  trustedProxies?: readonly string[];
  /** Refuses requests for any other host; absent in the sandbox, where this machine has several names. */
  publicUrl?: string | undefined;
  /** Origins whose pages may call the API. */
  corsOrigins?: readonly string[];
  limits?: Partial<ServerLimits>;
}

export function httpOptions(config: Pick<Config, 'publicUrl' | 'trustedProxies' | 'sandbox' | 'edge'>): HttpOptions {
  return {
    https: config.publicUrl.startsWith('https:'),
    trustedProxies: config.trustedProxies,
    publicUrl: config.sandbox ? undefined : config.publicUrl,
    corsOrigins: config.edge.corsOrigins,
  };
}

/** What stands before every route, in this order: where it came from, what every answer carries, who may ask, how much is read. */
export function configureHttp(app: NestExpressApplication, options: HttpOptions): void {
  app.disable('x-powered-by');
  // Whoever else sends X-Forwarded-For says it of themselves; the record keeps the address that connected.
  app.set('trust proxy', [...(options.trustedProxies ?? [])]);
  app.set('query parser', 'simple');
  for (const handler of securityHeaders(options)) app.use(handler);
  if (options.publicUrl !== undefined) app.use(knownHost(options.publicUrl));
  app.use(crossOrigin(options.corsOrigins ?? []));
  for (const handler of bodies()) app.use(handler);
  app.use(refuseNul);
  limitServer(app.getHttpServer() as Server, options.limits);
}
