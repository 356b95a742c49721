import type { Request } from 'express';
import type { StrategyCreatedStatic } from 'passport';
import type { Confirmed } from './confirmed.js';

/** What a provider's strategy keeps from the redirect until the person comes back: state, nonce, PKCE verifier. */
export type SignInHandshake = Record<string, unknown>;

export type StrategyAnswer<Profile> =
  | { kind: 'redirect'; url: string; handshake: SignInHandshake }
  | { kind: 'confirmed'; profile: Profile }
  /** `cause` is for the log: the kind of error, never the provider's words. */
  | { kind: 'refused'; cause: string };

/** Somebody else who says who a person is. Asked twice: where to send the person, and what their answer means. */
export interface ProviderSignIn {
  /** On its button: 'Google'. */
  label: string;
  isConfigured: boolean;
  /**
   * With an empty handshake: where to send the person, and what to find again when they come back. With a handshake: who they are.
   * `choose` has the provider ask which account, for somebody who adds one.
   */
  ask(request: Request, handshake: SignInHandshake, options?: { choose?: boolean }): Promise<StrategyAnswer<Confirmed>>;
}

/** What passport calls of a strategy; its own type cannot be called by anybody else. */
interface Strategy {
  authenticate(request: Request, options?: object): void;
}

/**
 * Runs one passport strategy as passport itself would, but with a handshake that we carry in our own sealed cookie in
 * place of a session, and with the outcome as a value.
 */
export function askStrategy<Profile extends object>(
  strategy: Strategy,
  request: Request,
  handshake: SignInHandshake,
  options: object = {},
): Promise<StrategyAnswer<Profile>> {
  Object.assign(request, { session: handshake });
  return new Promise((resolve) => {
    const refuse = (cause: string) => resolve({ kind: 'refused', cause });
    const outcomes: StrategyCreatedStatic = {
      success: (profile) => resolve({ kind: 'confirmed', profile: profile as Profile }),
      redirect: (url) => resolve({ kind: 'redirect', url, handshake }),
      fail: () => refuse('the provider refused, or its answer did not fit the request'),
      error: (error: unknown) => refuse(error instanceof Error ? error.name : 'unknown error'),
      pass: () => refuse('the strategy had nothing to do'),
    };
    Object.assign(Object.create(strategy) as Strategy, outcomes).authenticate(request, options);
  });
}
