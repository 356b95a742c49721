import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import {
  Strategy,
  type AuthenticateOptionsGoogle,
  type GoogleCallbackParameters,
  type Profile,
  type VerifyCallback,
} from 'passport-google-oauth20';
import { z } from 'zod';
import { Config } from '../../platform/config/config.js';
import { askStrategy, type SignInHandshake, type ProviderSignIn, type StrategyAnswer } from './ask-strategy.js';
import type { Confirmed } from './confirmed.js';
import { keysAt, TokenRefused, verifiedClaims } from './signed-token.js';

const GOOGLE_CALLBACK = '/sign-in/google/callback';

const idToken = z.object({
  sub: z.string().min(1),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
  hd: z.string().optional(),
});
type IdToken = z.infer<typeof idToken>;
const answer = z.object({ userinfo: z.object({ sub: z.string(), name: z.string().optional() }), idToken: z.string() });
const kept = z.object({ nonce: z.string().min(20) });

/**
 * Sign-in with Google: OAuth 2 with state and PKCE. The strategy itself only reads userinfo, which names neither issuer nor
 * audience; so the ID token that comes with the access token is checked, too, and what counts is what Google signed.
 */
@Injectable()
export class GoogleSignIn implements ProviderSignIn {
  readonly label = 'Google';
  private readonly strategy: Strategy | undefined;
  private readonly check: ((token: string, nonce: string) => Promise<IdToken>) | undefined;

  constructor(config: Config) {
    const { google } = config;
    if (!google) return;
    this.strategy = new NonceAware(
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
      (_access: string, _refresh: string, params: GoogleCallbackParameters, profile: Profile, done: VerifyCallback) =>
        done(null, { userinfo: profile._json, idToken: params.id_token }),
    );
    const keys = keysAt(google.keysUrl);
    // Google's tokens have said their issuer with and without https.
    const issuers = [google.issuer, google.issuer.replace(/^https:\/\//, '')];
    this.check = async (token, nonce) => idToken.parse(await verifiedClaims(token, { keys, issuers, clientId: google.clientId, nonce }));
  }

  get isConfigured(): boolean {
    return this.strategy !== undefined;
  }

  async ask(request: Request, handshake: SignInHandshake, { choose = false } = {}): Promise<StrategyAnswer<Confirmed>> {
    if (!this.strategy || !this.check) return { kind: 'refused', cause: 'not configured' };
    const known = kept.safeParse(handshake);
    if (!known.success && 'code' in request.query) return { kind: 'refused', cause: 'nobody left from here' };
    const nonce = known.success ? known.data.nonce : randomBytes(24).toString('base64url');
    const options = { nonce, ...(choose && { prompt: 'select_account' }) } as AuthenticateOptionsGoogle;
    const asked = await askStrategy<object>(this.strategy, request, { ...handshake, nonce }, options);
    return asked.kind === 'confirmed' ? await this.confirm(asked.profile, nonce) : asked;
  }

  private async confirm(profile: object, nonce: string): Promise<StrategyAnswer<Confirmed>> {
    const given = answer.safeParse(profile);
    if (!given.success || !this.check) return { kind: 'refused', cause: 'no ID token or no user info' };
    const { userinfo } = given.data;
    try {
      const token = await this.check(given.data.idToken, nonce);
      if (token.sub !== userinfo.sub) return { kind: 'refused', cause: 'ID token and user info name different people' };
      return { kind: 'confirmed', profile: confirmedBy(token, userinfo.name) };
    } catch (error) {
      if (error instanceof TokenRefused) return { kind: 'refused', cause: `ID token: ${error.message}` };
      if (error instanceof z.ZodError) return { kind: 'refused', cause: 'unusable ID token' };
      throw error;
    }
  }
}

/** A verified address is enough for an invitation, and not for becoming somebody who is already here: they add this account themselves. */
function confirmedBy(token: IdToken, name: string | undefined): Confirmed {
  const email = token.email?.toLowerCase();
  return {
    method: 'google',
    identity: {
      issuer: 'google',
      subject: token.sub,
      email: email ?? null,
      ...(token.hd !== undefined && { hostedDomain: token.hd.toLowerCase() }),
    },
    name: name ?? email ?? 'Somebody',
    ...(email !== undefined && token.email_verified === true && { provenAddress: email }),
    provesPerson: false,
  };
}

/** Passes the nonce on, which the strategy's list of parameters forgot. */
class NonceAware extends Strategy {
  override authorizationParams(options: AuthenticateOptionsGoogle & { nonce?: string }): object {
    return { ...super.authorizationParams(options), ...(options.nonce !== undefined && { nonce: options.nonce }) };
  }
}
