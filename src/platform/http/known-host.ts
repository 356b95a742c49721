import { HttpException } from '@nestjs/common';
import type { RequestHandler } from 'express';

/** Also says what to change, because the usual cause is a proxy that puts its own idea of a host in. */
const SENTENCE =
  'This address is not the one that Countersign is reached at. Use its own address; an operator whose proxy replaces the Host header lets it pass through.';

/**
 * Requests for another host get nothing: neither a page that a name of an attacker leads to (DNS rebinding), nor an answer that
 * a cache would keep under a wrong name. Links never follow the Host header in any case: they are made from PUBLIC_URL.
 */
export function knownHost(publicUrl: string): RequestHandler {
  const ours = new URL(publicUrl).hostname.toLowerCase();
  return (request, _response, next) => {
    // Load balancers and the launcher ask by address; the answers say nothing.
    if (request.path.startsWith('/health/') || request.hostname?.toLowerCase() === ours) return next();
    next(new HttpException(SENTENCE, 421));
  };
}
