import type { Request } from 'express';
import type { Handshake, StrategyAnswer } from './ask-strategy.js';

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

/** The library behind the way to Microsoft and back. Whatever it is, what it brings back is verified again in `microsoft.ts`. */
export interface MicrosoftClient {
  ask(request: Request, handshake: Handshake, issuers: string[], options?: { choose?: boolean }): Promise<StrategyAnswer<MicrosoftToken>>;
}
