import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { importJWK, SignJWT, type JWK, type JWTPayload } from 'jose';
import type { SandboxStore } from '../kit/store.js';

/** Made once and kept, because an app caches the public half for longer than the sandbox may live. */
export function createSigningKey(store: SandboxStore): void {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  store.put('key', 'signing', { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' });
}

export function publicKeys(store: SandboxStore): { keys: JWK[] } {
  const { kty, n, e, kid, alg, use } = signingKey(store);
  return { keys: [{ kty, n, e, kid, alg, use } as JWK] };
}

/** A compact RS256 token whose header says `typ: JWT`, as some clients read no payload without it. */
export async function signToken(store: SandboxStore, claims: JWTPayload): Promise<string> {
  const jwk = signingKey(store);
  return new SignJWT(claims).setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: String(jwk.kid) }).sign(await importJWK(jwk, 'RS256'));
}

export function signingKey(store: SandboxStore): JWK {
  const jwk = store.get<JWK>('key', 'signing');
  if (!jwk) throw new Error('The identity sandbox has no signing key');
  return jwk;
}
