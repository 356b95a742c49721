import { createHash } from 'node:crypto';
import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pack } from 'tar-stream';

/** The server's own list of what a copy leaves out: it is rebuilt at start. The folders themselves are needed. */
const EMPTIED = new Set(['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans']);
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts', 'backup_label', 'tablespace_map', 'countersign_wal', 'recovery.signal']);
/** Says where recovery begins, so it is copied last. */
const CONTROL = 'global/pg_control';

export interface CopiedFile {
  path: string;
  bytes: number;
  sha256: string;
}

export interface ClusterEntry {
  path: string;
  isFolder: boolean;
}

/** Everything of a running cluster that belongs into a copy, folders before what is in them. */
export async function clusterEntries(cluster: string): Promise<ClusterEntry[]> {
  const found: ClusterEntry[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(cluster, folder), { withFileTypes: true }).catch(ignoreGone)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (LEFT_OUT.has(path) || entry.name.startsWith('pgsql_tmp') || path === CONTROL) continue;
      if (!entry.isDirectory() && !entry.isFile()) continue;
      found.push({ path, isFolder: entry.isDirectory() });
      if (entry.isDirectory() && !EMPTIED.has(path)) await walk(path);
    }
  };
  await walk('');
  // The log's own folder keeps two folders that the server expects.
  return [
    ...found,
    ...['pg_wal/archive_status', 'pg_wal/summaries'].map((path) => ({ path, isFolder: true })),
    { path: CONTROL, isFolder: false },
  ];
}

/** Puts one file of the running server into the archive. @returns undefined when the server has deleted it meanwhile */
export async function packFile(pack: Pack, cluster: string, path: string): Promise<CopiedFile | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(join(cluster, path), 'r');
  } catch (error) {
    ignoreGone(error as NodeJS.ErrnoException);
    return undefined;
  }
  try {
    const { size } = await handle.stat();
    return await packBytes(pack, path, size, exactly(handle, size));
  } finally {
    await handle.close();
  }
}

export async function packText(pack: Pack, path: string, text: string): Promise<CopiedFile> {
  const bytes = Buffer.from(text, 'utf8');
  return await packBytes(pack, path, bytes.length, [bytes]);
}

export function packFolder(pack: Pack, path: string): void {
  pack.entry({ name: path, type: 'directory', mode: 0o700 });
}

async function packBytes(pack: Pack, path: string, bytes: number, source: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<CopiedFile> {
  const hash = createHash('sha256');
  const entry = pack.entry({ name: path, size: bytes, mode: 0o600, mtime: new Date(0) });
  const done = new Promise<void>((resolve, reject) => {
    entry.once('error', reject);
    entry.once('finish', resolve);
  });
  done.catch(() => undefined);
  for await (const chunk of source) {
    hash.update(chunk);
    if (!entry.write(chunk)) await new Promise<void>((resolve) => entry.once('drain', () => resolve()));
  }
  entry.end(Buffer.alloc(0));
  await done;
  return { path, bytes, sha256: hash.digest('hex') };
}

/**
 * As many bytes as the file had when it was opened. What the server adds meanwhile is in the log; what it cut off is filled with
 * zeros, as the server's own copying tool does, and the log cuts it off again.
 */
async function* exactly(handle: FileHandle, size: number): AsyncGenerator<Buffer> {
  const most = 262_144;
  for (let offset = 0; offset < size;) {
    const wanted = Math.min(most, size - offset);
    const buffer = Buffer.alloc(wanted);
    let got = 0;
    while (got < wanted) {
      const { bytesRead } = await handle.read(buffer, got, wanted - got, offset + got);
      if (bytesRead === 0) break;
      got += bytesRead;
    }
    yield buffer;
    offset += wanted;
  }
}

function ignoreGone(error: NodeJS.ErrnoException): [] {
  if (error.code !== 'ENOENT') throw error;
  return [];
}
