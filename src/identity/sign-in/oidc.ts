import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { Config } from '../../platform/config/config.js';
import type { ProviderSignIn, SignInHandshake, StrategyAnswer } from './ask-strategy.js';
import type { Confirmed } from './confirmed.js';
import { causeOf, OpenId, queryOf } from './openid.js';

const OIDC_CALLBACK = '/sign-in/oidc/callback';

const claims = z.object({
  iss: z.string().min(1),
  sub: z.string().min(1),
  name: z.string().optional(),
  preferred_username: z.string().optional(),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
});
type Claims = z.infer<typeof claims>;

/**
 * Sign-in with any other OpenID provider, that of a company as a rule. A person is (iss, sub). Its word on an e-mail address
 * counts only where the operator says so: whoever administers a provider can type any address.
 */
@Injectable()
export class OidcSignIn implements ProviderSignIn {
  readonly label: string;
  private readonly openId: OpenId | undefined;
  private readonly trustEmail: boolean;

  constructor(config: Config) {
    const { oidc } = config;
    this.label = oidc?.label ?? '';
    this.trustEmail = oidc?.trustEmail === true;
    this.openId =
      oidc &&
      new OpenId({
        server: oidc.issuer,
        clientId: oidc.clientId,
        clientSecret: oidc.clientSecret,
        callback: config.publicUrl + OIDC_CALLBACK,
        scope: 'openid profile email',
        allowHttp: config.sandbox && oidc.issuer.startsWith('http:'),
      });
  }

  get isConfigured(): boolean {
    return this.openId !== undefined;
  }

  async ask(request: Request, handshake: SignInHandshake): Promise<StrategyAnswer<Confirmed>> {
    if (!this.openId) return { kind: 'refused', cause: 'not configured' };
    try {
      const query = queryOf(request.originalUrl);
      const left = this.openId.left(handshake);
      if (!left && (query.has('code') || query.has('error'))) return { kind: 'refused', cause: 'nobody left from here' };
      if (!left) return { kind: 'redirect', ...(await this.openId.leave()) };
      const tokens = await this.openId.comeBack(query, left);
      const known = claims.parse(tokens.claims());
      const more = known.email === undefined ? await this.openId.userInfo(tokens.access_token, known.sub) : undefined;
      return { kind: 'confirmed', profile: this.confirmedBy(claims.parse({ ...more, ...known })) };
    } catch (error) {
      return { kind: 'refused', cause: causeOf(error) };
    }
  }

  private confirmedBy(known: Claims): Confirmed {
    const email = known.email?.toLowerCase();
    const isTrusted = this.trustEmail && known.email_verified === true && email !== undefined;
    return {
      method: 'oidc',
      identity: { issuer: known.iss, subject: known.sub, email: email ?? null },
      name: known.name ?? known.preferred_username ?? email ?? 'Somebody',
      ...(isTrusted && { provenAddress: email }),
      provesPerson: isTrusted,
    };
  }
}
