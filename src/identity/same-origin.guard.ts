import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { Config } from '../platform/config/config.js';
import { ForeignOrigin } from './access-refused.js';
import { Cookies } from './cookies.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Another site can make a browser send a form here with our cookies on it; the browser then says so in headers that no
 * page can forge. Requests with an API key, and those without our cookies (webhooks), have nothing to be abused.
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
    if (SAFE.has(request.method) || !this.carriesOurCookie(request) || this.isFromHere(request)) return true;
    throw new ForeignOrigin();
  }

  private carriesOurCookie(request: Request): boolean {
    return request.headers.authorization === undefined && this.cookies.hasAny(request);
  }

  private isFromHere(request: Request): boolean {
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined) return site === 'same-origin' || site === 'none';
    return request.headers.origin === this.origin;
  }
}
