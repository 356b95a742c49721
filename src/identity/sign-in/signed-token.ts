import { errors, createRemoteJWKSet, decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose';

const PATIENCE_MS = 10_000;
const CLOCK_TOLERANCE_S = 60;

/** Keys change rarely, and a key that is not among them is asked for again at most twice a minute. */
type Keys = ReturnType<typeof createRemoteJWKSet>;

export function keysAt(url: string): Keys {
  return createRemoteJWKSet(new URL(url), { timeoutDuration: PATIENCE_MS, cooldownDuration: 30_000, cacheMaxAge: 3_600_000 });
}

export interface TokenChecks {
  keys: Keys;
  /** Any of them. */
  issuers: string[];
  clientId: string;
  /** Undefined when another check of the nonce has passed. */
  nonce: string | undefined;
}

/** Why an ID token is not believed; the message is for the log and holds nothing of the token. */
export class TokenRefused extends Error {
  override name = 'TokenRefused';
}

/** The claims of an ID token whose signature, issuer, audience, age and nonce are right. @throws TokenRefused */
export async function verifiedClaims(token: string, { keys, issuers, clientId, nonce }: TokenChecks): Promise<JWTPayload> {
  try {
    // RS256 alone: a token that says "none", or a public key used as an HMAC secret, has another algorithm.
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer: issuers,
      audience: clientId,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['sub', 'iat', 'exp'],
    });
    if (nonce !== undefined && payload['nonce'] !== nonce) throw new TokenRefused('another nonce');
    if (Array.isArray(payload.aud) && payload.aud.length > 1 && payload['azp'] !== clientId)
      throw new TokenRefused('made for another app, too');
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) throw new TokenRefused(error.code);
    throw error;
  }
}

/** The field `issuer` of the published key that signed it; not a part of the standard, so the libraries do not look. */
export function issuerOfKey(token: string, keys: Keys): string | undefined {
  const { kid } = decodeProtectedHeader(token);
  const key = keys.jwks()?.keys.find((each) => each.kid === kid);
  const issuer = (key as { issuer?: unknown } | undefined)?.issuer;
  return typeof issuer === 'string' ? issuer : undefined;
}
