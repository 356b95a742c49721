import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readHeader, type BackupHeader } from './sealed-stream.js';

/** To the millisecond: which of two is the older one is told by their names, also when both were made within a second. */
const NAME = /^countersign-(\d{8}T\d{6}(?:\d{3})?Z)-[0-9a-f]{8}\.backup$/;

export interface FoundBackup {
  file: string;
  bytes: number;
  /** Undefined: the file cannot even be read as one. */
  header: BackupHeader | undefined;
}

export function nameAt(instant: Date): string {
  return `countersign-${instant.toISOString().replaceAll(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}.backup`;
}

/** Oldest first. */
export async function listBackups(dir: string): Promise<FoundBackup[]> {
  const names = (await namesIn(dir)).filter((name) => NAME.test(name)).toSorted();
  return await Promise.all(
    names.map(async (name) => {
      const file = join(dir, name);
      return { file, bytes: (await stat(file)).size, header: await readHeader(file).catch(() => undefined) };
    }),
  );
}

/** Touched by whoever copies a database server of their own, so that /health can tell how old that is. */
const OF_OTHERS = 'last-backup';

/** When somebody last made a copy: we, or other tools that say so. */
export async function newestOfAnybody(dir: string): Promise<Date | undefined> {
  const theirs = await stat(join(dir, OF_OTHERS)).then(
    ({ mtime }) => mtime,
    () => undefined,
  );
  const ours = await newestBackup(dir);
  return ours && (!theirs || ours > theirs) ? ours : theirs;
}

/** When the newest finished copy was begun; unfinished ones have another name. */
export async function newestBackup(dir: string): Promise<Date | undefined> {
  const name = (await namesIn(dir))
    .filter((one) => NAME.test(one))
    .toSorted()
    .at(-1);
  const digits = NAME.exec(name ?? '')?.[1];
  if (digits === undefined) return undefined;
  return new Date(digits.replace(/^(....)(..)(..)T(..)(..)(..)(\d*)Z$/, '$1-$2-$3T$4:$5:$6.$7Z').replace('.Z', 'Z'));
}

/** Writes under another name, makes it durable, then gives it its own: a file with a proper name is whole. */
export async function writeWhole(file: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const draft = `${file}.partial`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  try {
    await pipeline(Readable.from(source, { objectMode: false }), createWriteStream(draft, { mode: 0o600, flush: true }));
    await rename(draft, file);
    const folder = await open(dirname(file), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

export function walFolder(dir: string, lineage: string): string {
  return join(dir, 'wal', lineage);
}

/**
 * Keeps the newest `keep` copies and what of the log they need. Called only after a new one was written and read back, so the
 * last good one is always among them; a file that cannot be read as a backup is left for a person to look at.
 * @returns how many copies went
 */
export async function prune(dir: string, keep: number): Promise<number> {
  const readable = (await listBackups(dir)).flatMap(({ file, header }) => (header ? [{ file, header }] : []));
  const kept = readable.slice(-Math.max(1, keep));
  const gone = readable.slice(0, -kept.length);
  for (const { file } of gone) await rm(file);
  for (const lineage of await namesIn(join(dir, 'wal'))) {
    const oldest = kept.find(({ header }) => header.lineage === lineage)?.header.wal;
    const folder = walFolder(dir, lineage);
    if (oldest === undefined) await rm(folder, { recursive: true });
    else for (const name of await namesIn(folder)) if (name < oldest) await rm(join(folder, name));
  }
  for (const name of await namesIn(dir)) if (name.endsWith('.backup.partial')) await rm(join(dir, name), { force: true });
  return gone.length;
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
