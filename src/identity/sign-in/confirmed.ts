import type { ProvenIdentity } from '../person.repository.js';
import type { SessionMethod, SessionProof } from '../session.repository.js';

export const PROVIDERS = ['google', 'microsoft', 'oidc'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** What a sign-in method has established about somebody who signs in. */
export interface Confirmed {
  method: Exclude<SessionMethod, 'link'>;
  identity: ProvenIdentity;
  name: string;
  /** A lower-case address that the person has shown to be theirs; absent when the provider's claim proves nothing. */
  provenAddress?: string;
  /** Whether that proof alone is enough to be recognised as somebody who is already here. */
  provesPerson: boolean;
}

export function proofOf({ method, identity }: Pick<Confirmed, 'method' | 'identity'>): SessionProof {
  return { method, issuer: identity.issuer, subject: identity.subject };
}

export const EMAIL_ISSUER = 'email';
