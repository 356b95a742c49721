import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits as 43 characters for cookies, links and keys. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored instead of a secret. Enough for one that nobody can guess; short codes need more (see sign-in/code-hash.ts). */
export function sha256(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
