import type { Credentials } from '../ports/connector.js';

/** Before its end a token is renewed: no call then meets one that ran out on its way. Of a short life, a fifth is margin. */
const MARGIN_MS = 5 * 60_000;
const MOST_OF_LIFE = 5;

/**
 * `expiresIn` counts from the answer that brought it, so it becomes two instants at once: from `renewAt` on the pair is
 * renewed by whoever needs it first, from `expiresAt` on it is of no use.
 */
export function withExpiry({ expiresIn, ...credentials }: Credentials, now: Date): Credentials {
  const lifeMs = Number.parseInt(expiresIn ?? '', 10) * 1_000;
  if (!(lifeMs > 0)) return credentials;
  const endsAt = now.getTime() + lifeMs;
  const renewAt = endsAt - Math.min(MARGIN_MS, lifeMs / MOST_OF_LIFE);
  return { ...credentials, renewAt: new Date(renewAt).toISOString(), expiresAt: new Date(endsAt).toISOString() };
}

/** Credentials that say nothing of their end are renewed when the vendor refuses them. */
export function isDue({ renewAt }: Credentials, now: Date): boolean {
  return isPast(renewAt, now);
}

export function hasExpired({ expiresAt }: Credentials, now: Date): boolean {
  return isPast(expiresAt, now);
}

function isPast(instant: string | undefined, now: Date): boolean {
  return instant !== undefined && Date.parse(instant) <= now.getTime();
}
