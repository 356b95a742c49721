import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whether `signature` is the base64 of the HMAC-SHA256 of exactly these bytes; compared in constant time. */
export function isSignedWith(key: string, rawBody: Buffer, signature: string | undefined): boolean {
  const expected = createHmac('sha256', key).update(rawBody).digest();
  const given = Buffer.from(signature ?? '', 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
