import type { ResolvedSession } from './session.repository.js';

const FRESH_MS = 10 * 60_000;

type Proofs = Pick<ResolvedSession, 'assuredAt' | 'factorAt' | 'hasFactor'>;

/**
 * Whether somebody proved a short while ago that it is them. Whoever has a second factor proves with it: a sign-in or a mail is
 * what a thief of their mailbox would have, too.
 */
export function isAssured({ assuredAt, factorAt, hasFactor }: Proofs, now: Date): boolean {
  const proof = hasFactor ? factorAt : assuredAt;
  return proof !== null && now.getTime() - proof.getTime() < FRESH_MS;
}
