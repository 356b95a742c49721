import { createHash, randomBytes } from 'node:crypto';
import type { Request } from 'express';
import { OIDCStrategy, type IOIDCStrategyOptionWithoutRequest, type VerifyOIDCFunction } from 'passport-azure-ad';
import { z } from 'zod';
import { askStrategy, type SignInHandshake, type StrategyAnswer } from './ask-strategy.js';
import type { MicrosoftClient, MicrosoftClientSettings, MicrosoftToken } from './microsoft-openid.js';

const kept = z.object({ verifier: z.string().min(40) });
const answer = z.object({ idToken: z.string() });

/** Through passport-azure-ad, which is no longer maintained: docs/adr/0001. It checks state and nonce; PKCE is added here. */
export class MicrosoftThroughPassport implements MicrosoftClient {
  constructor(private readonly settings: MicrosoftClientSettings) {}

  async ask(
    request: Request,
    handshake: SignInHandshake,
    issuers: string[],
    { choose = false } = {},
  ): Promise<StrategyAnswer<MicrosoftToken>> {
    // The strategy would take a token from the address bar, too. We asked for a code.
    if ('id_token' in request.query) return { kind: 'refused', cause: 'a token in the address' };
    const known = kept.safeParse(handshake);
    const verifier = known.success ? known.data.verifier : randomBytes(32).toString('base64url');
    const options = {
      extraAuthReqQueryParams: { code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' },
      extraTokenReqQueryParams: { code_verifier: verifier },
      ...(choose && { prompt: 'select_account' }),
    };
    const strategy = new BrowserAware(this.settings.authorizationUrl, this.options(issuers), passOn);
    const asked = await askStrategy<object>(strategy, request, { ...handshake, verifier }, options);
    if (asked.kind !== 'confirmed') return asked;
    const given = answer.safeParse(asked.profile);
    return given.success ? { kind: 'confirmed', profile: { ...given.data, nonce: undefined } } : { kind: 'refused', cause: 'no ID token' };
  }

  /** The endpoint for all directories, with the issuers of the allowed ones; a token of any other fails its check. */
  private options(issuer: string[]): IOIDCStrategyOptionWithoutRequest {
    const { clientId, clientSecret, metadataUrl, callback } = this.settings;
    return {
      identityMetadata: metadataUrl,
      issuer,
      validateIssuer: true,
      clientID: clientId,
      clientSecret,
      responseType: 'code',
      responseMode: 'query',
      redirectUrl: callback,
      allowHttpForRedirectUrl: callback.startsWith('http:'),
      scope: ['openid', 'profile'],
      // Anything below these prints whole tokens.
      loggingLevel: 'error',
      loggingNoPII: true,
      passReqToCallback: false,
    };
  }
}

/** All eight, because the strategy counts them to know what to hand over; the signed token is among the last. */
const passOn: VerifyOIDCFunction = (_iss, _sub, _profile, _claims, _access, _refresh, params, done) => {
  done(null, { idToken: (params as { id_token?: unknown } | null)?.id_token });
};

/** The strategy insists on https; in the sandbox a browser, which cannot know its certificate, is sent to the same page over http. */
class BrowserAware extends OIDCStrategy {
  /** Set on the copy that is made for each request. */
  declare redirect: (url: string, status?: number) => void;

  constructor(
    private readonly authorizationUrl: string | undefined,
    options: IOIDCStrategyOptionWithoutRequest,
    verify: VerifyOIDCFunction,
  ) {
    super(options, verify);
  }

  override authenticate(request: Request, options?: object): void {
    const { authorizationUrl } = this;
    if (authorizationUrl !== undefined) {
      const redirect = this.redirect.bind(this);
      this.redirect = (address, status) => redirect(authorizationUrl + new URL(address).search, status);
    }
    super.authenticate(request, options);
  }
}
