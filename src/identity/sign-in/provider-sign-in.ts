import type { Request } from 'express';
import type { Handshake, StrategyAnswer } from './ask-strategy.js';
import type { Confirmed } from './confirmed.js';

/** Somebody else who says who a person is. Asked twice: for the way out, and with what came back. */
export interface ProviderSignIn {
  /** On its button: 'Google'. */
  label: string;
  isConfigured: boolean;
  /**
   * With an empty handshake: where to send the person, and what to find again when they come back. With a handshake: who they are.
   * `choose` has the provider ask which account, for somebody who adds one.
   */
  ask(request: Request, handshake: Handshake, options?: { choose?: boolean }): Promise<StrategyAnswer<Confirmed>>;
}
