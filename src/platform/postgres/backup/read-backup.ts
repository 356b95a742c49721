import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { once } from 'node:events';
import { dirname, join, normalize, sep } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { z } from 'zod';
import type { KeyRing } from '../../config/key-ring.js';
import { doesNotOpen, openSealed } from './sealed-stream.js';
import { unzipped } from './wal-archive.js';

const MANIFEST = 'countersign-backup.json';
const manifest = z.object({
  superuserPassword: z.string(),
  lastWal: z.string(),
  files: z.array(z.object({ path: z.string(), bytes: z.int(), sha256: z.string() })),
});

export type BackupManifest = z.infer<typeof manifest>;

/**
 * Reads a copy to its very end and compares every file with what was noted of it.
 * @param into where the files go; without it they are only looked at
 * @throws OneSentenceError when anything is not as it was written
 */
export async function readBackup(file: string, keys: KeyRing, into?: string): Promise<BackupManifest> {
  const tar = extract();
  const source = Readable.from(unzipped(openSealed(file, keys)), { objectMode: false });
  source.on('error', (error) => tar.destroy(error));
  source.pipe(tar);
  const seen = new Map<string, string>();
  let noted: BackupManifest | undefined;
  for await (const entry of tar) {
    const { name, type } = entry.header;
    if (name === MANIFEST) noted = manifest.parse(JSON.parse(await textOf(entry)));
    else if (type === 'directory') await (into === undefined ? entry.resume() : makeFolder(entry, into, name));
    else seen.set(name, await keep(entry, into === undefined ? undefined : inside(into, name)));
  }
  const whole = noted?.files.every(({ path, sha256 }) => seen.get(path) === sha256) === true && noted.files.length === seen.size;
  if (!noted || !whole) throw doesNotOpen(file);
  return noted;
}

type Entry = AsyncIterable<unknown> & { resume(): unknown };

async function makeFolder(entry: Entry, into: string, name: string): Promise<void> {
  entry.resume();
  await mkdir(inside(into, name), { recursive: true, mode: 0o700 });
}

/** Writes the entry where wanted. @returns its hash */
async function keep(entry: Entry, path: string | undefined): Promise<string> {
  const hash = createHash('sha256');
  if (path !== undefined) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const out = path === undefined ? undefined : createWriteStream(path, { mode: 0o600 });
  for await (const chunk of entry as AsyncIterable<Buffer>) {
    hash.update(chunk);
    if (out?.write(chunk) === false) await once(out, 'drain');
  }
  if (out) {
    out.end();
    await finished(out);
  }
  return hash.digest('hex');
}

async function textOf(entry: Entry): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function inside(folder: string, name: string): string {
  const path = normalize(join(folder, name));
  if (!path.startsWith(normalize(folder) + sep)) throw new Error('A name in the archive leads out of its folder');
  return path;
}
