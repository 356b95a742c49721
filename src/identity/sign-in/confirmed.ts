import type { ProvenIdentity } from '../../storage/repositories/identity-people.js';

export type Provider = 'google' | 'microsoft';

/** What a way of signing in has established about the one at the door. */
export interface Confirmed {
  identity: ProvenIdentity;
  name: string;
  /** A lower-case address that the person has shown to be theirs; absent when the provider's claim proves nothing. */
  provenAddress?: string;
  /** Whether that proof is fresh enough to be recognised as somebody who is already here. */
  provesPerson: boolean;
  /** The Microsoft directory that vouches. */
  directory?: string;
}

export const EMAIL_ISSUER = 'email';
