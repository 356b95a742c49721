import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { Config } from '../platform/config/config.js';
import { ForeignOrigin } from './access-refused.js';
import { Cookies } from './cookies.js';
import { ACCESS, type Access } from './requires.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Another site can make a browser send a form here, with our cookies on it or so that it gets some (a sign-in that is the
 * attacker's own); the browser then says so in headers that no page can forge. Whatever comes with such a word is judged by it,
 * a sibling of our own domain included. Without one it is no browser of today: it passes when it carries none of our cookies, as
 * webhooks and scripts do. A request is either of a key or of cookies, never of both: where a handler asks for a caller, an
 * Authorization header makes it one of a key, whose cookies nobody reads (see Cookies.read). A public handler asks for no key,
 * so that the header frees nothing there.
 */
@Injectable()
export class SameOriginGuard implements CanActivate {
  private readonly origin: string;

  constructor(
    config: Config,
    private readonly cookies: Cookies,
    private readonly reflector: Reflector,
  ) {
    this.origin = new URL(config.publicUrl).origin;
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (SAFE.has(request.method) || this.isOfKey(context, request) || this.isFromHere(request)) return true;
    throw new ForeignOrigin();
  }

  /** The access guard behind this one judges it by its key and by nothing else. */
  private isOfKey(context: ExecutionContext, request: Request): boolean {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    return access !== undefined && 'permission' in access && request.headers.authorization !== undefined;
  }

  private isFromHere(request: Request): boolean {
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined) return site === 'same-origin' || site === 'none';
    const { origin } = request.headers;
    return origin === undefined ? !this.cookies.hasAny(request) : origin === this.origin;
  }
}
