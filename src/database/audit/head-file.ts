import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import serialize from 'canonicalize';
import { z } from 'zod';

const head = z.object({ tenantId: z.uuid(), sequence: z.int().positive(), hash: z.string().regex(/^[0-9a-f]{64}$/) });
const headFile = z.object({ format: z.literal(1), at: z.string(), heads: z.array(head), keyId: z.string(), signature: z.string() });

export type HeadFile = z.infer<typeof headFile>;

interface SigningKey {
  id: string;
  bytes: Buffer;
}

/** The heads of all chains at one moment, to be kept where the database's owner has no say. */
export function headFileOf(heads: HeadFile['heads'], at: Date, key: SigningKey): HeadFile {
  const signed = { format: 1 as const, at: at.toISOString(), heads: heads.map((one) => head.parse(one)), keyId: key.id };
  return { ...signed, signature: signatureOf(signed, key.bytes) };
}

/** @throws Error in words when the text is no such file */
export function readHeadFile(text: string): HeadFile {
  try {
    return headFile.parse(JSON.parse(text));
  } catch {
    throw new Error('This is no file of exported heads, or it was cut off.');
  }
}

/** Whether the file stands as it was written by somebody who has that key. */
export function isSignedBy(file: HeadFile, key: Buffer): boolean {
  const { signature, ...signed } = file;
  const [given, expected] = [Buffer.from(signature, 'hex'), Buffer.from(signatureOf(signed, key), 'hex')];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** HMAC under a key that follows from the key ring, which the owner of a database does not have. */
function signatureOf(signed: Omit<HeadFile, 'signature'>, key: Buffer): string {
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'countersign audit heads v1', 32));
  return createHmac('sha256', derived)
    .update(serialize(signed) ?? '')
    .digest('hex');
}
