import type { Request } from 'express';
import type { StrategyCreatedStatic } from 'passport';

/** What a strategy keeps between the redirect and the way back: state, nonce, PKCE verifier. */
export type Handshake = Record<string, unknown>;

export type StrategyAnswer<Profile> =
  | { kind: 'redirect'; url: string; handshake: Handshake }
  | { kind: 'confirmed'; profile: Profile }
  /** `cause` is for the log: the kind of error, never the provider's words. */
  | { kind: 'refused'; cause: string };

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
  handshake: Handshake,
  options: object = {},
): Promise<StrategyAnswer<Profile>> {
  Object.assign(request, { session: handshake });
  return new Promise((resolve) => {
    const refuse = (cause: string) => resolve({ kind: 'refused', cause });
    const outcomes: StrategyCreatedStatic = {
      success: (profile) => resolve({ kind: 'confirmed', profile: profile as Profile }),
      redirect: (url) => resolve({ kind: 'redirect', url, handshake }),
      fail: () => refuse('the provider or the way back did not check out'),
      error: (error: unknown) => refuse(error instanceof Error ? error.name : 'unknown error'),
      pass: () => refuse('the strategy had nothing to do'),
    };
    Object.assign(Object.create(strategy) as Strategy, outcomes).authenticate(request, options);
  });
}
