import type { ResolvedSession, SessionProof } from '../storage/repositories/identity-sessions.js';

/** Undefined when nobody says how it was opened. */
export function proofOfSession({ method, issuer, subject }: ResolvedSession): SessionProof | undefined {
  return method === 'unknown' || issuer === null || subject === null ? undefined : { method, issuer, subject };
}
