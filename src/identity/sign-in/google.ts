import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Strategy } from 'passport-google-oauth20';
import { z } from 'zod';
import { Config } from '../../platform/config/config.js';
import { askStrategy, type Handshake, type StrategyAnswer } from './ask-strategy.js';
import type { Confirmed } from './confirmed.js';

export const GOOGLE_CALLBACK = '/sign-in/google/callback';

const userinfo = z.object({
  sub: z.string().min(1),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
  name: z.string().optional(),
  hd: z.string().optional(),
});
type UserInfo = z.infer<typeof userinfo>;

/** Sign-in with Google: OAuth 2 with state and PKCE, then userinfo. */
@Injectable()
export class GoogleSignIn {
  private readonly strategy: Strategy | undefined;

  constructor(config: Config) {
    const { google } = config;
    this.strategy =
      google &&
      new Strategy(
        {
          clientID: google.clientId,
          clientSecret: google.clientSecret,
          authorizationURL: google.authorizationUrl,
          tokenURL: google.tokenUrl,
          userProfileURL: google.profileUrl,
          callbackURL: config.publicUrl + GOOGLE_CALLBACK,
          scope: ['openid', 'profile', 'email'],
          state: true,
          pkce: true,
        },
        (_accessToken, _refreshToken, profile, done) => done(null, profile._json),
      );
  }

  get isConfigured(): boolean {
    return this.strategy !== undefined;
  }

  async ask(request: Request, handshake: Handshake): Promise<StrategyAnswer<Confirmed>> {
    if (!this.strategy) return { kind: 'refused', cause: 'not configured' };
    const answer = await askStrategy<object>(this.strategy, request, handshake);
    if (answer.kind !== 'confirmed') return answer;
    const info = userinfo.safeParse(answer.profile);
    return info.success ? { kind: 'confirmed', profile: confirmedBy(info.data) } : { kind: 'refused', cause: 'unusable user info' };
  }
}

/** A verified address is enough for an invitation, and not for becoming somebody who is already here: they add this account themselves. */
function confirmedBy(info: UserInfo): Confirmed {
  const email = info.email?.toLowerCase();
  return {
    method: 'google',
    identity: { issuer: 'google', subject: info.sub, email: email ?? null, ...(info.hd !== undefined && { hostedDomain: info.hd }) },
    name: info.name ?? email ?? 'Somebody',
    ...(email !== undefined && info.email_verified === true && { provenAddress: email }),
    provesPerson: false,
  };
}
