import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { Config } from '../../platform/config/config.js';
import { PersonRepository } from '../person.repository.js';
import type { ProviderSignIn, SignInHandshake, StrategyAnswer } from './ask-strategy.js';
import type { Confirmed } from './confirmed.js';
import { MicrosoftThroughOpenId, type MicrosoftClient, type MicrosoftToken } from './microsoft-openid.js';
import { MicrosoftThroughPassport } from './microsoft-passport.js';
import { issuerOfKey, keysAt, TokenRefused, verifiedClaims } from './signed-token.js';

const MICROSOFT_CALLBACK = '/sign-in/microsoft/callback';
const DISCOVERY = '/.well-known/openid-configuration';
const PATIENCE_MS = 10_000;

const metadata = z.object({ jwks_uri: z.url() });
const idToken = z.object({
  iss: z.string(),
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
export class MicrosoftSignIn implements ProviderSignIn {
  readonly label = 'Microsoft';
  private readonly client: MicrosoftClient | undefined;
  private keys: Promise<ReturnType<typeof keysAt>> | undefined;

  constructor(
    private readonly config: Config,
    private readonly people: PersonRepository,
  ) {
    const { microsoft } = config;
    if (!microsoft) return;
    const settings = {
      clientId: microsoft.clientId,
      clientSecret: microsoft.clientSecret,
      metadataUrl: this.metadataOf('common'),
      authorizationUrl: microsoft.authorizationUrl,
      callback: config.publicUrl + MICROSOFT_CALLBACK,
    };
    this.client = microsoft.library === 'openid' ? new MicrosoftThroughOpenId(settings) : new MicrosoftThroughPassport(settings);
  }

  get isConfigured(): boolean {
    return this.client !== undefined;
  }

  async ask(request: Request, handshake: SignInHandshake, options: { choose?: boolean } = {}): Promise<StrategyAnswer<Confirmed>> {
    if (!this.client) return { kind: 'refused', cause: 'not configured' };
    const directories = await this.people.allowedDirectories();
    const answer = await this.client.ask(
      request,
      handshake,
      directories.map((tid) => this.issuerOf(tid)),
      options,
    );
    return answer.kind === 'confirmed' ? await this.confirm(answer.profile, directories) : answer;
  }

  private async confirm(token: MicrosoftToken, directories: readonly string[]): Promise<StrategyAnswer<Confirmed>> {
    try {
      const { tid, oid, name, preferred_username: username } = await this.verify(token, directories);
      const identity = { issuer: `microsoft:${tid}`, subject: oid, email: username?.toLowerCase() ?? null };
      const profile: Confirmed = { method: 'microsoft', identity, name: name ?? username ?? 'Somebody', provesPerson: false };
      return { kind: 'confirmed', profile };
    } catch (error) {
      if (error instanceof TokenRefused) return { kind: 'refused', cause: `ID token: ${error.message}` };
      if (error instanceof z.ZodError) return { kind: 'refused', cause: 'unusable ID token or metadata' };
      throw error;
    }
  }

  /**
   * Microsoft publishes the keys of all directories in one list and says at each whose tokens it signs. A key of one directory
   * must not speak for another, and neither library looks.
   */
  private async verify({ idToken: token, nonce }: MicrosoftToken, directories: readonly string[]): Promise<z.infer<typeof idToken>> {
    const keys = await this.publishedKeys();
    const issuers = directories.map((tid) => this.issuerOf(tid));
    const clientId = this.config.microsoft?.clientId ?? '';
    const claims = idToken.parse(await verifiedClaims(token, { keys, issuers, clientId, nonce }));
    const tid = claims.tid.toLowerCase();
    if (!directories.includes(tid)) throw new TokenRefused('directory not allowed');
    if (claims.iss !== this.issuerOf(tid)) throw new TokenRefused('issuer of another directory');
    if (issuerOfKey(token, keys)?.replace('{tenantid}', tid) !== claims.iss) throw new TokenRefused('signed by a key of another directory');
    return { ...claims, tid, oid: claims.oid.toLowerCase() };
  }

  /** A metadata that could not be read is read again the next time. */
  private async publishedKeys(): Promise<ReturnType<typeof keysAt>> {
    this.keys ??= this.readKeys();
    try {
      return await this.keys;
    } catch (error) {
      this.keys = undefined;
      throw error instanceof z.ZodError ? error : new TokenRefused('the keys could not be read');
    }
  }

  private async readKeys(): Promise<ReturnType<typeof keysAt>> {
    const response = await fetch(this.metadataOf('common'), { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) });
    return keysAt(metadata.parse(await response.json()).jwks_uri);
  }

  private metadataOf(directory: string): string {
    return (this.config.microsoft?.metadataUrl ?? '').replace('{tenant}', directory);
  }

  private issuerOf(tid: string): string {
    return this.metadataOf(tid).replace(DISCOVERY, '');
  }
}
