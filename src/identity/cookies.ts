import { Injectable } from '@nestjs/common';
import type { CookieOptions, Request, Response } from 'express';
import { Config } from '../platform/config/config.js';

/**
 * `session` signs requests; `signIn` and `connect` are short sealed ones that hold what must come back from a provider or
 * vendor; `support` is the session of an operator.
 */
export type CookieUse = 'session' | 'signIn' | 'connect' | 'support';

const NAMES: Readonly<Record<CookieUse, string>> = {
  session: 'countersign',
  signIn: 'countersign-sign-in',
  connect: 'countersign-connect',
  support: 'countersign-support',
};

/** Our cookies. Host-bound and Secure, except over plain http on this machine in the sandbox, where browsers would drop them. */
@Injectable()
export class Cookies {
  private readonly secure: boolean;

  constructor(config: Config) {
    this.secure = !(config.sandbox && config.publicUrl.startsWith('http:'));
  }

  name(use: CookieUse): string {
    return this.secure ? `__Host-${NAMES[use]}` : NAMES[use];
  }

  /** Nothing of a request that comes with a key: what it may is said by that alone, in every handler and not only behind a guard. */
  read(request: Request, use: CookieUse): string | undefined {
    return request.headers.authorization === undefined ? this.sent(request, use) : undefined;
  }

  /** Whether the browser sent any of ours along, so that a request could act in somebody's name. */
  hasAny(request: Request): boolean {
    return (Object.keys(NAMES) as CookieUse[]).some((use) => this.sent(request, use) !== undefined);
  }

  private sent(request: Request, use: CookieUse): string | undefined {
    const wanted = `${this.name(use)}=`;
    const found = (request.headers.cookie ?? '').split(/; */).find((pair) => pair.startsWith(wanted));
    return found?.slice(wanted.length) || undefined;
  }

  set(response: Response, use: CookieUse, value: string, expiresAt: Date): void {
    response.cookie(this.name(use), value, { ...this.options(), expires: expiresAt });
  }

  clear(response: Response, use: CookieUse): void {
    response.clearCookie(this.name(use), this.options());
  }

  private options(): CookieOptions {
    return { httpOnly: true, sameSite: 'lax', secure: this.secure, path: '/' };
  }
}
