import { randomBytes } from 'node:crypto';
import type { SandboxClock } from '../kit/clock.js';
import type { SandboxStore } from '../kit/store.js';

/** What somebody agreed to on a sign-in page. */
export interface Grant {
  clientId: string;
  redirectUri: string;
  /** `key` of the person. */
  person: string;
  scope: string;
  nonce?: string;
  /** S256 challenge, when the app sent one. */
  codeChallenge?: string;
}

const CODE_LIFETIME_MS = 10 * 60_000;
export const ACCESS_TOKEN_LIFETIME_S = 3_600;

/** One-time authorization codes and the access tokens they turn into; kept in the store, so that a restart forgets nobody. */
export class Grants {
  constructor(
    private readonly store: SandboxStore,
    private readonly clock: SandboxClock,
  ) {}

  issueCode(grant: Grant): string {
    return this.issue('code', grant, CODE_LIFETIME_MS);
  }

  /** A code works once, also when what follows is refused. */
  takeCode(code: string): Grant | undefined {
    const grant = this.find('code', code);
    this.store.delete('code', code);
    return grant;
  }

  /** Of a provider that forgets to burn its codes. */
  keepCode(code: string): Grant | undefined {
    return this.find('code', code);
  }

  issueAccessToken(grant: Grant): string {
    return this.issue('access-token', grant, ACCESS_TOKEN_LIFETIME_S * 1_000);
  }

  byAccessToken(token: string): Grant | undefined {
    return this.find('access-token', token);
  }

  private issue(kind: string, grant: Grant, lifetimeMs: number): string {
    const id = randomBytes(32).toString('base64url');
    this.store.put(kind, id, { grant, expiresAt: this.clock.now().getTime() + lifetimeMs });
    return id;
  }

  private find(kind: string, id: string): Grant | undefined {
    const kept = this.store.get<{ grant: Grant; expiresAt: number }>(kind, id);
    if (!kept) return undefined;
    if (kept.expiresAt > this.clock.now().getTime()) return kept.grant;
    this.store.delete(kind, id);
    return undefined;
  }
}
