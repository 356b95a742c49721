import * as client from 'openid-client';
import { z } from 'zod';
import type { SignInHandshake } from './ask-strategy.js';

const PATIENCE_S = 10;
const METADATA_MS = 6 * 3_600_000;

const kept = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });
export type OpenIdHandshake = z.infer<typeof kept>;

export interface OpenIdSettings {
  /** Where the provider describes itself: an issuer, or the whole address of its metadata. */
  server: string;
  clientId: string;
  clientSecret: string;
  callback: string;
  scope: string;
  /** Replaces the metadata's address for browsers. */
  authorizationUrl?: string | undefined;
  /** Only the sandbox's provider on this machine. */
  allowHttp: boolean;
  fetch?: client.CustomFetch;
}

/** The way out to an OpenID provider and back, by openid-client: state, nonce and PKCE, kept in the handshake. */
export class OpenId {
  private described: { by: Promise<client.Configuration>; at: number } | undefined;

  constructor(private readonly settings: OpenIdSettings) {}

  async leave({ choose = false } = {}): Promise<{ url: string; handshake: SignInHandshake }> {
    const handshake: OpenIdHandshake = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(await this.configuration(), {
      redirect_uri: this.settings.callback,
      scope: this.settings.scope,
      state: handshake.state,
      nonce: handshake.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(handshake.verifier),
      code_challenge_method: 'S256',
      ...(choose && { prompt: 'select_account' }),
    });
    const { authorizationUrl } = this.settings;
    return { url: authorizationUrl === undefined ? url.href : authorizationUrl + url.search, handshake: { ...handshake } };
  }

  /** Undefined for a browser that did not leave from here. */
  left(handshake: SignInHandshake): OpenIdHandshake | undefined {
    return kept.safeParse(handshake).data;
  }

  /** Trades the code in. @throws whatever openid-client finds wrong with the answer or the token */
  async comeBack(
    query: URLSearchParams,
    { state, nonce, verifier }: OpenIdHandshake,
    { idTokenExpected = true } = {},
  ): Promise<Awaited<ReturnType<typeof client.authorizationCodeGrant>>> {
    // Only our own callback address, whatever host the request named.
    const address = new URL(`${this.settings.callback}?${query}`);
    const nonceCheck = idTokenExpected ? { expectedNonce: nonce, idTokenExpected } : {};
    return await client.authorizationCodeGrant(await this.configuration(), address, {
      expectedState: state,
      pkceCodeVerifier: verifier,
      ...nonceCheck,
    });
  }

  async userInfo(accessToken: string, subject: string): Promise<client.UserInfoResponse | undefined> {
    const configuration = await this.configuration();
    if (configuration.serverMetadata().userinfo_endpoint === undefined) return undefined;
    return await client.fetchUserInfo(configuration, accessToken, subject);
  }

  /** Read once in a while; a provider that could not be reached is asked again the next time. */
  private async configuration(): Promise<client.Configuration> {
    if (this.described && performance.now() - this.described.at < METADATA_MS) return await this.described.by;
    const described = { by: this.discover(), at: performance.now() };
    this.described = described;
    described.by.catch(() => {
      if (this.described === described) this.described = undefined;
    });
    return await described.by;
  }

  private async discover(): Promise<client.Configuration> {
    const { server, clientId, clientSecret, allowHttp, fetch } = this.settings;
    return await client.discovery(new URL(server), clientId, { client_secret: clientSecret }, undefined, {
      timeout: PATIENCE_S,
      // The signature is checked although the token came over TLS; the library alone would leave it at that.
      execute: [client.enableNonRepudiationChecks, ...(allowHttp ? [client.allowInsecureRequests] : [])],
      ...(fetch && { [client.customFetch]: fetch }),
    });
  }
}

/** What to write into the log: the kind of the error, never the provider's words. */
export function causeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code ?? (error instanceof Error ? error.name : 'unknown error');
}

export function queryOf(originalUrl: string): URLSearchParams {
  return new URL(originalUrl, 'http://here').searchParams;
}
