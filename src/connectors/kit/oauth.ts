import * as client from 'openid-client';
import { z } from 'zod';
import { ConnectorError, isConnectorError } from '../../ports/connector-error.js';
import type { Credentials, OAuthConnect } from '../../ports/connector.js';
import { createHttp } from './http.js';
import { lowerCased } from './sdk-wire.js';

const PATIENCE_MS = 30_000;

/** An answer of the token endpoint that was no success. Its words stay out: they may quote what was sent. */
export interface RefusedToken {
  status: number;
  /** The `error` of RFC 6749, for example 'invalid_grant'. */
  code: string | undefined;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
}

export interface OAuthApp {
  /** As people call the vendor; stands in every sentence. */
  label: string;
  clientId: string | undefined;
  clientSecret: string | undefined;
  /** The names of both settings, for whoever runs this installation. */
  settings: readonly [clientId: string, clientSecret: string];
  authorizeUrl: string;
  tokenUrl: string;
  revokeUrl: string;
  scope: string;
  /** Whether the vendor understands a code challenge. */
  pkce: boolean;
  /** What a refusal means; `undefined` leaves it to the meanings that all vendors share. */
  refusal(refused: RefusedToken): ConnectorError | undefined;
  /** Any other status of this vendor, in its own vocabulary. */
  statusError(refused: RefusedToken): ConnectorError;
}

type AuthorizeRequest = Parameters<OAuthConnect['authorizeUrl']>[0];
type ExchangeRequest = Parameters<OAuthConnect['exchange']>[0];

interface Heard {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * The way to a vendor's consent and back by openid-client, over our own bounded HTTP: the addresses are the operator's, no
 * call is repeated (a code that comes twice ends the tokens of the first), and no error carries a token or the secret.
 */
export class OAuthClient {
  private readonly http;

  constructor(private readonly app: OAuthApp) {
    this.http = createHttp({ label: app.label, timeoutMs: PATIENCE_MS, reach: 'operators' });
  }

  authorizeUrl({ state, redirectUri, codeChallenge }: AuthorizeRequest): string {
    const { pkce, scope } = this.app;
    const challenge = pkce && { code_challenge: codeChallenge, code_challenge_method: 'S256' };
    const wanted = { scope, state, redirect_uri: redirectUri, ...challenge };
    return client.buildAuthorizationUrl(this.configuration(), wanted).href;
  }

  /** The code of a callback; the state in it was compared before. @throws ConnectorError('grant_expired') when the person said no. */
  codeOf(query: ExchangeRequest['query']): string | undefined {
    const { code, error } = query;
    if (error === undefined) return code === '' ? undefined : code;
    const { label } = this.app;
    const sentence =
      error === 'access_denied'
        ? `Access to ${label} was not allowed, so nothing was connected. Connect again when you are ready.`
        : `${label} did not let the connection through (${error.slice(0, 100)}). Check the app's settings there and connect again.`;
    throw new ConnectorError('grant_expired', sentence, { vendorCode: error.slice(0, 100) });
  }

  async exchange(code: string, { redirectUri, codeVerifier }: Pick<ExchangeRequest, 'redirectUri' | 'codeVerifier'>): Promise<Credentials> {
    const callback = new URL(redirectUri);
    callback.searchParams.set('code', code);
    return await this.ask(
      (configuration) => client.authorizationCodeGrant(configuration, callback, this.app.pkce ? { pkceCodeVerifier: codeVerifier } : {}),
      '',
    );
  }

  /** One call and no repetition: whoever holds the lease decides about another. */
  async refresh(credentials: Credentials): Promise<Credentials> {
    const held = credentials['refreshToken'] ?? '';
    return await this.ask((configuration) => client.refreshTokenGrant(configuration, held), held);
  }

  /** @param gone statuses by which this vendor says that the token is not known any more, which is as good as revoked */
  async revoke(credentials: Credentials, gone: readonly number[] = []): Promise<void> {
    const heard: Heard[] = [];
    try {
      await client.tokenRevocation(this.configuration(heard), credentials['refreshToken'] ?? '');
    } catch (error) {
      if (!gone.includes(heard[0]?.status ?? 0)) throw this.meaningOf(error, heard[0]);
    }
  }

  private async ask(
    grant: (configuration: client.Configuration) => Promise<client.TokenEndpointResponse>,
    oldRefreshToken: string,
  ): Promise<Credentials> {
    const heard: Heard[] = [];
    try {
      const { access_token, refresh_token, expires_in } = await grant(this.configuration(heard));
      return {
        accessToken: access_token,
        refreshToken: refresh_token || oldRefreshToken,
        ...(expires_in !== undefined && { expiresIn: String(expires_in) }),
      };
    } catch (error) {
      throw this.meaningOf(error, heard[0]);
    }
  }

  private configuration(heard: Heard[] = []): client.Configuration {
    const { authorizeUrl, tokenUrl, revokeUrl } = this.app;
    const server: client.ServerMetadata = {
      issuer: new URL(tokenUrl).origin,
      authorization_endpoint: authorizeUrl,
      token_endpoint: tokenUrl,
      revocation_endpoint: revokeUrl,
    };
    const configuration = new client.Configuration(server, this.clientId(), undefined, this.clientAuth());
    configuration.timeout = (PATIENCE_MS + 1_000) / 1_000;
    configuration[client.customFetch] = (url, options) => this.fetch(url, options, heard);
    // A sandbox beside us speaks plain http; a secret goes to nobody else without TLS.
    if ([tokenUrl, revokeUrl].every(isLoopback)) client.allowInsecureRequests(configuration);
    return configuration;
  }

  /** With a secret the app signs in by HTTP Basic; without one it only names itself, and PKCE is its proof. */
  private clientAuth(): client.ClientAuth {
    const { clientSecret } = this.app;
    if (!clientSecret) return client.None();
    // The library would escape '-' and '_' as the RFC has it. Neither vendor is known to read that; both read plain text.
    const pair = Buffer.from(`${this.clientId()}:${clientSecret}`).toString('base64');
    return (_server, _client, _body, headers) => headers.set('authorization', `Basic ${pair}`);
  }

  private async fetch(url: string, options: client.CustomFetchOptions, heard: Heard[]): Promise<Response> {
    const { body, headers, method, signal } = options;
    const answer = await this.http.request<string>({
      url,
      method,
      headers,
      data: body instanceof URLSearchParams ? body.toString() : body,
      idempotent: true,
      ...(signal && { signal }),
    });
    const named = lowerCased(answer.headers);
    heard.push({ status: answer.status, headers: named, body: answer.data });
    const length = Buffer.byteLength(answer.data ?? '');
    const type = named['content-type'];
    return new Response(length === 0 ? null : answer.data, {
      status: answer.status,
      headers: type === undefined ? {} : { 'content-type': type },
    });
  }

  /** The library's error is left behind here: it holds the answer, and with it what may be a token. */
  private meaningOf(error: unknown, heard: Heard | undefined): ConnectorError {
    const { label, settings } = this.app;
    const ours = isConnectorError(error) ? error : error instanceof Error ? error.cause : undefined;
    if (isConnectorError(ours)) return ours;
    if (heard === undefined) {
      const sentence = `${label}'s sign-in is not asked at this address: a secret goes over https only. Check its addresses in the settings.`;
      return new ConnectorError('invalid', sentence);
    }
    if (heard.status === 200)
      return new ConnectorError('unreadable', `${label} answered the sign-in with something else than tokens.`, { status: 200 });
    const refused = { status: heard.status, headers: heard.headers, code: errorCode(heard.body) };
    const own = this.app.refusal(refused);
    if (own) return own;
    const details = { status: refused.status, ...(refused.code !== undefined && { vendorCode: refused.code }) };
    if (refused.code === 'invalid_grant')
      return new ConnectorError('grant_expired', `The consent given in ${label} has ended. Reconnect.`, details);
    if (refused.code === 'invalid_client' || refused.code === 'unauthorized_client' || refused.status === 401) {
      const sentence = `${label} does not know this installation. Check ${settings.join(' and ')}.`;
      return new ConnectorError('unauthorized', sentence, details);
    }
    return this.app.statusError(refused);
  }

  private clientId(): string {
    const { clientId, label, settings } = this.app;
    if (clientId) return clientId;
    throw new ConnectorError('invalid', `This installation has no app at ${label} yet. Set ${settings.join(' and ')}.`);
  }
}

function errorCode(body: string): string | undefined {
  try {
    return z.object({ error: z.string().max(100) }).parse(JSON.parse(body)).error;
  } catch {
    return undefined;
  }
}

function isLoopback(url: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}
