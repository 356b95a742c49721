import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { Config } from '../platform/config/config.js';
import { ForeignOrigin } from './access-refused.js';
import { Cookies } from './cookies.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Another site can make a browser send a form here, with our cookies on it or so that it gets some (a sign-in that is the
 * attacker's own); the browser then says so in headers that no page can forge. Whatever comes with such a word is judged by it,
 * a sibling of our own domain included. Without one it is no browser of today: it passes when it carries none of our cookies, as
 * webhooks and scripts do. A request with an API key is judged by that alone; no other site can put one on.
 */
@Injectable()
export class SameOriginGuard implements CanActivate {
  private readonly origin: string;

  constructor(
    config: Config,
    private readonly cookies: Cookies,
  ) {
    this.origin = new URL(config.publicUrl).origin;
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (SAFE.has(request.method) || request.headers.authorization !== undefined || this.isFromHere(request)) return true;
    throw new ForeignOrigin();
  }

  private isFromHere(request: Request): boolean {
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined) return site === 'same-origin' || site === 'none';
    const { origin } = request.headers;
    return origin === undefined ? !this.cookies.hasAny(request) : origin === this.origin;
  }
}
