import { createReadStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip, createGzip } from 'node:zlib';
import { Readable } from 'node:stream';
import type { KeyRing } from '../../config/key-ring.js';
import { OneSentenceError } from '../../process/one-sentence-error.js';
import { walFolder, writeWhole } from './backup-folder.js';
import { openSealed, seal } from './sealed-stream.js';
import type { RunningCluster } from './take-backup.js';
import { isWalName, nextWal } from './wal-names.js';

/** Below the cluster's folder, where the server's account may write whoever it is. */
export const SPOOL = 'countersign_wal';

/** Seals what the server has finished of its log and takes it out of the spool. @returns how many files */
export async function sealFinishedWal(
  { cluster, lineage, postgres }: RunningCluster,
  dir: string,
  keys: KeyRing,
  now: Date,
): Promise<number> {
  const spool = join(cluster, SPOOL);
  const names = (await readdir(spool)).filter(isWalName).toSorted();
  for (const name of names) {
    const compressed = createReadStream(join(spool, name)).pipe(createGzip({ level: 1 }));
    const about = { kind: 'wal', startedAt: now.toISOString(), postgres, lineage, wal: name } as const;
    await writeWhole(join(walFolder(dir, lineage), name), seal(compressed as AsyncIterable<Buffer>, about, keys));
    await rm(join(spool, name));
  }
  return names.length;
}

/**
 * Opens the sealed log that follows a copy, file by file, into `into`.
 * @param behind the last file that the copy brings itself
 * @param mayEnd whether a hole ends the log there; otherwise it is refused, for everything behind it would be lost unsaid
 */
export async function openWal(
  dir: string,
  lineage: string,
  { behind, into, keys, mayEnd }: { behind: string; into: string; keys: KeyRing; mayEnd: boolean },
): Promise<void> {
  const folder = walFolder(dir, lineage);
  const names = await readdir(folder).catch(() => []);
  const wanted = names.filter((name) => isWalName(name) && name > behind).toSorted();
  let last = behind;
  for (const name of wanted) {
    if (name !== nextWal(last)) {
      if (mayEnd) return;
      throw new OneSentenceError(`The log file ${nextWal(last)} is missing in ${folder}: restore to a moment before it with --until.`);
    }
    await writeWhole(join(into, name), unzipped(openSealed(join(folder, name), keys)));
    last = name;
  }
}

/** The plain bytes of what was sealed after compressing. */
export async function* unzipped(sealed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(sealed, { objectMode: false });
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  for await (const chunk of gunzip) yield chunk as Buffer;
}
