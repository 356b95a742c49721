import type { RequestHandler, Response } from 'express';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const HEADERS = 'Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key';
const EXPOSED = 'ETag, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy';
const TEN_MINUTES = '600';

/**
 * Pages of other sites may read the API only when the operator lists their origin, and never with cookies: what they send is
 * a key that their own user typed there.
 */
export function crossOrigin(origins: readonly string[]): RequestHandler {
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
