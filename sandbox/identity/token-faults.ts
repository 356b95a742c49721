import { Router } from 'express';
import { SignJWT, UnsecuredJWT, generateKeyPair, importJWK, type JWTPayload } from 'jose';
import { z } from 'zod';
import { readJson, type SandboxContext } from '../kit/server.js';
import { signingKey, signToken } from './signing-key.js';

/** What can be wrong with the next ID token, of whichever provider gives it. */
export const TOKEN_FAULTS = [
  'wrong-nonce',
  'no-nonce',
  'wrong-issuer',
  'wrong-audience',
  'wrong-subject',
  'alg-none',
  'foreign-key',
  'symmetric-key',
  'expired',
  'not-yet-valid',
  'no-token',
] as const;
export type TokenFault = (typeof TOKEN_FAULTS)[number];

/** Faults of the code exchange and of the published keys; they stay until they are cleared. */
const PROVIDER_FAULTS = ['replay-codes', 'foreign-key-issuer', 'no-key-issuer', 'wrong-response-issuer'] as const;
export type ProviderFault = (typeof PROVIDER_FAULTS)[number];

const KIND = 'identity-fault';
const control = z.object({ fault: z.enum([...TOKEN_FAULTS, ...PROVIDER_FAULTS]) });

/** `POST /_sandbox/identity-faults {"fault": …}` plans one; `DELETE` forgets all. A fault of the token is used up by one token. */
export function identityFaultControl({ store }: SandboxContext): Router {
  const router = Router();
  router.post('/identity-faults', (request, response) => {
    const wanted = control.safeParse(readJson(request));
    if (!wanted.success) return void response.status(400).json({ error: z.prettifyError(wanted.error) });
    store.put(KIND, wanted.data.fault, true);
    response.status(201).json(wanted.data);
  });
  router.delete('/identity-faults', (_request, response) => {
    for (const fault of [...TOKEN_FAULTS, ...PROVIDER_FAULTS]) store.delete(KIND, fault);
    response.status(204).end();
  });
  return router;
}

export function hasFault({ store }: SandboxContext, fault: ProviderFault): boolean {
  return store.get(KIND, fault) === true;
}

/** The claims as a signed token, or as whatever fault is planned makes of them; undefined for no token at all. */
export async function idToken({ store }: SandboxContext, claims: JWTPayload): Promise<string | undefined> {
  const fault = TOKEN_FAULTS.find((each) => store.get(KIND, each) === true);
  if (fault === undefined) return await signToken(store, claims);
  store.delete(KIND, fault);
  const { exp = 0, iat = 0, nonce: _nonce, ...rest } = claims;
  const all = { ...rest, exp, iat };
  switch (fault) {
    case 'wrong-nonce':
      return await signToken(store, { ...all, nonce: 'another-nonce' });
    case 'no-nonce':
      return await signToken(store, all);
    case 'wrong-issuer':
      return await signToken(store, { ...claims, iss: 'https://elsewhere.example' });
    case 'wrong-audience':
      return await signToken(store, { ...claims, aud: 'another-app' });
    case 'wrong-subject':
      return await signToken(store, { ...claims, sub: 'somebody-else' });
    case 'expired':
      return await signToken(store, { ...claims, iat: iat - 86_400, nbf: iat - 86_400, exp: iat - 82_800 });
    case 'not-yet-valid':
      return await signToken(store, { ...claims, nbf: iat + 7_200, iat: iat + 7_200, exp: iat + 10_800 });
    case 'alg-none':
      return new UnsecuredJWT(claims).encode();
    case 'foreign-key':
      return await bySomebodyElse(String(signingKey(store).kid), claims);
    case 'symmetric-key':
      return await byPublicKeyAsSecret(signingKey(store), claims);
    case 'no-token':
      return undefined;
  }
}

/** Signed well, by a key that the provider never published, under the name of one that it did. */
async function bySomebodyElse(kid: string, claims: JWTPayload): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256');
  return await new SignJWT(claims).setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid }).sign(privateKey);
}

/** The old confusion: HMAC with the public key, which everybody has, as the secret. */
async function byPublicKeyAsSecret({ n, e, kty, kid }: Record<string, unknown>, claims: JWTPayload): Promise<string> {
  const secret = await importJWK({ kty: 'oct', k: Buffer.from(JSON.stringify({ n, e, kty })).toString('base64url') }, 'HS256');
  return await new SignJWT(claims).setProtectedHeader({ typ: 'JWT', alg: 'HS256', kid: String(kid) }).sign(secret);
}
