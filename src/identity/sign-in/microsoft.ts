import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { OIDCStrategy, type IOIDCStrategyOptionWithoutRequest, type IProfile, type VerifyCallback } from 'passport-azure-ad';
import { z } from 'zod';
import { Config } from '../../platform/config/config.js';
import { PeopleStore } from '../../storage/repositories/identity-people.js';
import { askStrategy, type Handshake, type StrategyAnswer } from './ask-strategy.js';
import type { Confirmed } from './confirmed.js';

export const MICROSOFT_CALLBACK = '/sign-in/microsoft/callback';
const DISCOVERY = '/.well-known/openid-configuration';

const idToken = z.object({
  tid: z.guid(),
  oid: z.guid(),
  name: z.string().optional(),
  preferred_username: z.string().optional(),
});

/**
 * Sign-in with Microsoft, for people of the directories that some tenant allows. A person is (tid, oid); the e-mail in the
 * token is whatever an administrator of that directory typed, so it proves nothing and is not even read.
 */
@Injectable()
export class MicrosoftSignIn {
  constructor(
    private readonly config: Config,
    private readonly people: PeopleStore,
  ) {}

  get isConfigured(): boolean {
    return this.config.microsoft !== undefined;
  }

  async ask(request: Request, handshake: Handshake): Promise<StrategyAnswer<Confirmed>> {
    const { microsoft } = this.config;
    if (!microsoft) return { kind: 'refused', cause: 'not configured' };
    const directories = await this.people.allowedDirectories();
    const strategy = new BrowserAware(microsoft.authorizationUrl, this.options(microsoft, directories), readClaims);
    const answer = await askStrategy<object>(strategy, request, handshake);
    if (answer.kind !== 'confirmed') return answer;
    const token = idToken.safeParse(answer.profile);
    if (!token.success) return { kind: 'refused', cause: 'unusable token' };
    const { tid, oid, name, preferred_username: username } = token.data;
    if (!directories.includes(tid)) return { kind: 'refused', cause: 'directory not allowed' };
    const identity = { issuer: `microsoft:${tid}`, subject: oid, email: username?.toLowerCase() ?? null };
    return { kind: 'confirmed', profile: { method: 'microsoft', identity, name: name ?? username ?? 'Somebody', provesPerson: false } };
  }

  /** The endpoint for all directories, with the issuers of the allowed ones; a token of any other fails its check. */
  private options(
    { clientId, clientSecret, metadataUrl }: NonNullable<Config['microsoft']>,
    directories: readonly string[],
  ): IOIDCStrategyOptionWithoutRequest {
    return {
      identityMetadata: metadataUrl.replace('{tenant}', 'common'),
      issuer: directories.map((tid) => metadataUrl.replace('{tenant}', tid).replace(DISCOVERY, '')),
      validateIssuer: true,
      clientID: clientId,
      clientSecret,
      responseType: 'code',
      responseMode: 'query',
      redirectUrl: this.config.publicUrl + MICROSOFT_CALLBACK,
      allowHttpForRedirectUrl: this.config.publicUrl.startsWith('http:'),
      scope: ['openid', 'profile'],
      // Anything below these prints whole tokens.
      loggingLevel: 'error',
      loggingNoPII: true,
      passReqToCallback: false,
    };
  }
}

/** The strategy insists on https; in the sandbox a browser, which cannot know its certificate, is sent to the same page over http. */
class BrowserAware extends OIDCStrategy {
  /** Set on the copy that is made for each request. */
  declare redirect: (url: string, status?: number) => void;

  constructor(
    private readonly authorizationUrl: string | undefined,
    options: IOIDCStrategyOptionWithoutRequest,
    verify: (profile: IProfile, done: VerifyCallback) => void,
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

function readClaims(profile: IProfile, done: VerifyCallback): void {
  done(null, profile._json as object);
}
