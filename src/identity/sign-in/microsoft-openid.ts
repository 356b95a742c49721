import type { Request } from 'express';
import type { CustomFetch } from 'openid-client';
import { z } from 'zod';
import type { SignInHandshake, StrategyAnswer } from './ask-strategy.js';
import { causeOf, OpenId, queryOf } from './openid.js';

const answered = z.looseObject({ id_token: z.string().optional() });
const renamed = z.object({ set_aside: z.string() });

/** What Microsoft signed; `nonce` is what it must hold, or undefined where the library has looked already. */
export interface MicrosoftToken {
  idToken: string;
  nonce: string | undefined;
}

export interface MicrosoftClientSettings {
  clientId: string;
  clientSecret: string;
  /** Of the endpoint for all directories. */
  metadataUrl: string;
  authorizationUrl: string | undefined;
  callback: string;
}

/** The library that sends people to Microsoft and reads what comes back. Whichever it is, what it brings back is verified again in `microsoft.ts`. */
export interface MicrosoftClient {
  ask(
    request: Request,
    handshake: SignInHandshake,
    issuers: string[],
    options?: { choose?: boolean },
  ): Promise<StrategyAnswer<MicrosoftToken>>;
}

/** Through openid-client: what MICROSOFT_SIGN_IN=openid switches to. */
export class MicrosoftThroughOpenId implements MicrosoftClient {
  private readonly openId: OpenId;

  constructor({ clientId, clientSecret, metadataUrl, authorizationUrl, callback }: MicrosoftClientSettings) {
    this.openId = new OpenId({
      server: metadataUrl,
      clientId,
      clientSecret,
      callback,
      authorizationUrl,
      scope: 'openid profile',
      allowHttp: false,
      fetch: setTokenAside,
    });
  }

  async ask(
    request: Request,
    handshake: SignInHandshake,
    _issuers: string[],
    { choose = false } = {},
  ): Promise<StrategyAnswer<MicrosoftToken>> {
    try {
      const query = queryOf(request.originalUrl);
      const left = this.openId.left(handshake);
      if (!left && (query.has('code') || query.has('error'))) return { kind: 'refused', cause: 'nobody left from here' };
      if (!left) return { kind: 'redirect', ...(await this.openId.leave({ choose })) };
      const tokens = await this.openId.comeBack(query, left, { idTokenExpected: false });
      const given = renamed.safeParse(tokens);
      if (!given.success) return { kind: 'refused', cause: 'no ID token' };
      return { kind: 'confirmed', profile: { idToken: given.data.set_aside, nonce: left.nonce } };
    } catch (error) {
      return { kind: 'refused', cause: causeOf(error) };
    }
  }
}

/**
 * The endpoint for all directories has one issuer in its metadata and another in each token, which the library takes for a
 * forgery. So the token is renamed before the library sees the answer, and verified by our own rules afterwards.
 */
const setTokenAside: CustomFetch = async (url, options) => {
  const response = await fetch(url, options as RequestInit);
  if (options.method !== 'POST' || !response.ok) return response;
  const { id_token: idToken, ...rest } = answered.parse(await response.json());
  return Response.json({ ...rest, set_aside: idToken }, { status: response.status });
};
