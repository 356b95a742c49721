import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const DIGITS = 6;
/** A code counts for so long. */
export const CODE_MINUTES = 10;

export interface CodeHash {
  salt: Buffer;
  hash: Buffer;
}

export function newCode(): string {
  return String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
}

/** Slow on purpose: a code has so few values that a fast hash of it would be as good as the code itself. */
export async function hashCode(code: string, salt: Buffer = randomBytes(16)): Promise<CodeHash> {
  return { salt, hash: await derive(code, salt, 32) };
}

/** Takes as long for no code at all as for a wrong one. */
export async function isCode(typed: string, kept: CodeHash | undefined): Promise<boolean> {
  const digits = typed.replaceAll(/\D/g, '');
  const { hash } = await hashCode(digits, kept?.salt);
  return kept !== undefined && timingSafeEqual(hash, kept.hash);
}
