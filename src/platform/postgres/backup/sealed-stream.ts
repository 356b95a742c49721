import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import type { KeyRing } from '../../config/key-ring.js';
import { OneSentenceError } from '../../process/one-sentence-error.js';

const MAGIC = Buffer.from('CSBK1\n', 'latin1');
const MAX_HEADER = 4_096;
const CHUNK = 65_536;
const TAG = 16;

const header = z.strictObject({
  version: z.literal(1),
  kind: z.enum(['base', 'wal']),
  /** Which key of the ring; older copies open after a rotation as long as their key stays in it. */
  keyId: z.string(),
  salt: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  startedAt: z.iso.datetime(),
  postgres: z.int(),
  /** One data folder's history; a restored one begins another. */
  lineage: z.string().regex(/^[0-9a-f]{16}$/),
  /** The first file of the write-ahead log that this copy needs; of a log file: itself. */
  wal: z.string().regex(/^[0-9A-F]{24}$/),
});

/** In clear before the sealed contents, and bound to every part of them. */
export type BackupHeader = z.infer<typeof header>;

/** Deliberately one sentence for all of it: changed, cut, reordered, another key. */
export function doesNotOpen(name: string): OneSentenceError {
  return new OneSentenceError(`${name} does not open: it was changed or cut short, or the key ring lacks its key. Nothing was restored.`);
}

/**
 * AES-256-GCM in parts of 64 KiB under a key made for this file alone. A part's nonce is its place and whether it is the last,
 * so that a missing, moved or added part does not open.
 */
export async function* seal(
  source: AsyncIterable<Uint8Array>,
  about: Omit<BackupHeader, 'version' | 'keyId' | 'salt'>,
  keys: KeyRing,
): AsyncGenerator<Buffer> {
  const { id: keyId } = keys.current;
  const complete: BackupHeader = { version: 1, ...about, keyId, salt: randomBytes(32).toString('base64url') };
  const text = Buffer.from(JSON.stringify(complete), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  yield Buffer.concat([MAGIC, length, text]);
  const key = fileKey(complete, keys);
  const aad = createHash('sha256').update(text).digest();
  for await (const { part, place, last } of parts(source, CHUNK)) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce(place, last), { authTagLength: TAG });
    cipher.setAAD(aad);
    yield Buffer.concat([cipher.update(part), cipher.final(), cipher.getAuthTag()]);
  }
}

/** The contents of a sealed file. What has been handed out is genuine, but only the end says that it was all. @throws OneSentenceError */
export async function* openSealed(file: string, keys: KeyRing): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { about, text, bytes } = await headerOf(handle, file);
    const key = fileKey(about, keys, file);
    const aad = createHash('sha256').update(text).digest();
    const stream = handle.createReadStream({ start: bytes, autoClose: false, highWaterMark: 4 * CHUNK });
    for await (const { part, place, last } of parts(stream, CHUNK + TAG)) yield openPart(part, { key, aad, place, last, file });
  } finally {
    await handle.close();
  }
}

export async function readHeader(file: string): Promise<BackupHeader> {
  const handle = await open(file, 'r');
  try {
    return (await headerOf(handle, file)).about;
  } finally {
    await handle.close();
  }
}

function openPart(
  sealed: Buffer,
  { key, aad, place, last, file }: { key: Buffer; aad: Buffer; place: number; last: boolean; file: string },
): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce(place, last), { authTagLength: TAG });
    decipher.setAAD(aad);
    decipher.setAuthTag(sealed.subarray(-TAG));
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()]);
  } catch {
    throw doesNotOpen(file);
  }
}

async function headerOf(handle: FileHandle, file: string): Promise<{ about: BackupHeader; text: Buffer; bytes: number }> {
  const start = Buffer.alloc(MAGIC.length + 4 + MAX_HEADER);
  const { bytesRead } = await handle.read(start, 0, start.length, 0);
  const from = MAGIC.length + 4;
  const length = bytesRead >= from && start.subarray(0, MAGIC.length).equals(MAGIC) ? start.readUInt32BE(MAGIC.length) : 0;
  if (length === 0 || from + length > bytesRead) throw new OneSentenceError(`${file} is no backup of Countersign.`);
  const text = start.subarray(from, from + length);
  try {
    return { about: header.parse(JSON.parse(text.toString('utf8'))), text, bytes: from + length };
  } catch {
    throw doesNotOpen(file);
  }
}

function fileKey({ keyId, salt }: BackupHeader, keys: KeyRing, file = ''): Buffer {
  const key = keys.byId.get(keyId);
  if (!key)
    throw new OneSentenceError(`${file} was sealed with the key "${keyId}", which the key ring does not hold: add it behind the others.`);
  return Buffer.from(hkdfSync('sha256', key.bytes, Buffer.from(salt, 'base64url'), 'countersign backup v1', 32));
}

function nonce(place: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(BigInt(place), 0);
  bytes.writeUInt8(last ? 1 : 0, 11);
  return bytes;
}

/** Parts of this size; the last may be shorter and is known as the last. An empty source is one empty last part. */
async function* parts(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<{ part: Buffer; place: number; last: boolean }> {
  let held: Buffer[] = [];
  let length = 0;
  let place = 0;
  for await (const chunk of source) {
    held.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    length += chunk.byteLength;
    // One byte more than a part: only then is it not the last.
    if (length <= size) continue;
    const all = Buffer.concat(held, length);
    let offset = 0;
    for (; length - offset > size; offset += size) yield { part: all.subarray(offset, offset + size), place: place++, last: false };
    held = [all.subarray(offset)];
    length -= offset;
  }
  yield { part: Buffer.concat(held, length), place, last: true };
}
