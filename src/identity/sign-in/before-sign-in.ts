import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Clock } from '../../platform/clock/clock.js';
import { Vault } from '../../platform/vault/vault.js';
import { Cookies } from '../cookies.js';

const PURPOSE = 'before sign-in';
const LIFETIME_MS = 20 * 60_000;

const schema = z.object({
  /** A path of ours to go to afterwards. */
  returnTo: z.string().optional(),
  /** The secret of the invitation link that was opened. */
  invitation: z.string().optional(),
  /** Likewise of a support access. */
  support: z.string().optional(),
  /** What a provider's strategy wants to find again. */
  handshake: z.record(z.string(), z.unknown()).optional(),
  /** A signed-in person adds this sign-in method. */
  link: z.object({ personId: z.string(), tenantId: z.string(), provider: z.enum(['google', 'microsoft', 'oidc']) }).optional(),
  /** What a passkey of this person is to sign, and for what. */
  passkey: z.object({ personId: z.string(), use: z.enum(['add', 'confirm']), challenge: z.string() }).optional(),
  /** Recovery codes that wait to be shown, once. */
  newCodes: z.object({ personId: z.string(), codes: z.array(z.string()) }).optional(),
  askedCode: z.object({ tenantId: z.string(), codeId: z.string(), address: z.string() }).optional(),
});
export type BeforeSignInState = z.infer<typeof schema>;

/** Everything that is known before somebody has signed in, in one short sealed cookie of their browser and nowhere else. */
@Injectable()
export class BeforeSignIn {
  constructor(
    private readonly cookies: Cookies,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  read(request: Request): BeforeSignInState {
    const opened = this.vault.openCookie(PURPOSE, this.cookies.read(request, 'signIn') ?? '');
    return opened === undefined ? {} : schema.parse(JSON.parse(opened));
  }

  keep(response: Response, state: BeforeSignInState): void {
    const expiresAt = this.clock.later(LIFETIME_MS);
    this.cookies.set(response, 'signIn', this.vault.sealCookie(PURPOSE, JSON.stringify(state), expiresAt), expiresAt);
  }

  forget(response: Response): void {
    this.cookies.clear(response, 'signIn');
  }
}

/** The address if it is a page of ours, else the inbox: nobody is sent elsewhere by a link they were given. */
export function ownPath(address: string | undefined): string {
  if (address === undefined || !/^\/(?![/\\])/.test(address) || !URL.canParse(address, 'http://here')) return '/';
  const url = new URL(address, 'http://here');
  // `/.//elsewhere` loses its dots here and would become another server's address.
  return url.origin === 'http://here' && !url.pathname.startsWith('//') ? url.pathname + url.search : '/';
}
