import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import cookieParser from 'cookie-parser';
import express, { type NextFunction, type Request, type Response } from 'express';
import passport from 'passport';
import { OIDCStrategy, type IOIDCStrategyOptionWithoutRequest, type IProfile, type VerifyCallback } from 'passport-azure-ad';
import { Strategy as GoogleStrategy } from 'passport-google-oauth20';
import { GOOGLE_CLIENT, MICROSOFT_CLIENT } from '../msp/people.js';
import type { RunningIdentity } from './index.js';

export interface RelyingApp {
  url: string;
  close(): Promise<void>;
}

/** An app as anybody would write it: the real strategies, a session in memory, and the claims as the answer. */
export async function startRelyingApp(identity: RunningIdentity): Promise<RelyingApp> {
  const app = express();
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const authenticator = new passport.Passport();
  app.use(cookieParser(), memorySession());
  const microsoft = {
    microsoft: new BrowserOverHttp(identity.microsoftAuthorizationURL, microsoftOptions(identity, `${url}/microsoft/callback`), claims),
    'microsoft-https': new OIDCStrategy(microsoftOptions(identity, `${url}/microsoft-https/callback`), claims),
    'microsoft-careless': new OIDCStrategy(
      { ...microsoftOptions(identity, `${url}/microsoft-careless/callback`), validateIssuer: false },
      claims,
    ),
  };
  for (const [name, strategy] of Object.entries(microsoft)) authenticator.use(name, strategy);
  authenticator.use('google', googleStrategy(identity, `${url}/google/callback`));
  for (const name of [...Object.keys(microsoft), 'google']) {
    const handlers = [
      authenticator.authenticate(name, { session: false, failureRedirect: '/refused' }),
      (request: Request, response: Response) => void response.json(request.user),
    ];
    app.get(`/${name}`, ...handlers);
    app.get(`/${name}/callback`, ...handlers);
  }
  app.get('/refused', (_request, response) => void response.status(401).send('refused'));
  return {
    url,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The strategy insists on an https authorization endpoint; the browser is sent to the sandbox's plain one instead. */
class BrowserOverHttp extends OIDCStrategy {
  /** Set by passport on the copy it makes for each request. */
  declare redirect: (url: string, status?: number) => void;

  constructor(
    private readonly authorizationURL: string,
    options: IOIDCStrategyOptionWithoutRequest,
    verify: (profile: IProfile, done: VerifyCallback) => void,
  ) {
    super(options, verify);
  }

  override authenticate(request: Request, options?: object): void {
    const redirect = this.redirect.bind(this);
    this.redirect = (url: string, status?: number) => redirect(this.authorizationURL + new URL(url).search, status);
    super.authenticate(request, options);
  }
}

function microsoftOptions(identity: RunningIdentity, redirectUrl: string): IOIDCStrategyOptionWithoutRequest {
  return {
    identityMetadata: identity.microsoftMetadata,
    clientID: MICROSOFT_CLIENT.id,
    clientSecret: MICROSOFT_CLIENT.secret,
    responseType: 'code',
    responseMode: 'query',
    redirectUrl,
    allowHttpForRedirectUrl: true,
    validateIssuer: true,
    loggingLevel: 'error',
    scope: ['openid', 'profile', 'email'],
    passReqToCallback: false,
  };
}

function claims(profile: IProfile, done: VerifyCallback): void {
  done(null, profile._json as object);
}

function googleStrategy(identity: RunningIdentity, callbackURL: string): GoogleStrategy {
  return new GoogleStrategy(
    {
      clientID: GOOGLE_CLIENT.id,
      clientSecret: GOOGLE_CLIENT.secret,
      callbackURL,
      scope: ['openid', 'profile', 'email'],
      state: true,
      pkce: true,
      ...identity.google,
    },
    (_accessToken, _refreshToken, profile, done) => done(null, profile._json),
  );
}

function memorySession() {
  const sessions = new Map<string, object>();
  return (request: Request, response: Response, next: NextFunction): void => {
    const known: unknown = request.cookies['session'];
    const id = typeof known === 'string' && sessions.has(known) ? known : randomUUID();
    if (!sessions.has(id)) sessions.set(id, {});
    response.cookie('session', id, { httpOnly: true });
    Object.assign(request, { session: sessions.get(id) });
    next();
  };
}
