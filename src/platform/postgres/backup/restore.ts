import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { KeyRing } from '../../config/key-ring.js';
import { OneSentenceError } from '../../process/one-sentence-error.js';
import type { SystemUser } from '../../process/unprivileged-user.js';
import { DataFolder } from '../data-folder.js';
import { startEmbeddedPostgres } from '../embedded-postgres.js';
import { POSTGRES_MAJOR } from '../postgres-programs.js';
import { withClient } from '../roles.js';
import { readBackup } from './read-backup.js';
import { readHeader } from './sealed-stream.js';
import { openWal } from './wal-archive.js';

export interface RestoreWish {
  /** A backup; the log is looked for beside it. */
  from: string;
  /** An empty or new DATA_DIR. */
  to: string;
  /** Stops before what was committed later. Without it: everything that was archived. */
  until?: Date;
  keys: KeyRing;
}

export interface Restored {
  startedAt: Date;
  /** The last transaction in it, of all databases; undefined when the log held none. */
  lastCommit: Date | undefined;
  milliseconds: number;
}

/** An hour of log replays in a minute; a week of it may take longer. */
const REPLAY_PATIENCE_MS = 3_600_000;

/**
 * Makes a DATA_DIR out of a backup. Everything is read and verified before the server starts on it, and until it has started
 * and replayed the log, nothing of it stays when something is wrong.
 */
export async function restore({ from, to, until, keys }: RestoreWish): Promise<Restored> {
  const began = performance.now();
  const about = await readHeader(from);
  if (about.kind !== 'base') throw new OneSentenceError(`${from} is a piece of the log and no backup: name a file that ends in .backup.`);
  if (about.postgres !== POSTGRES_MAJOR)
    throw new OneSentenceError(
      `${from} is of PostgreSQL ${about.postgres}, and this version brings ${POSTGRES_MAJOR}: restore with the version that made it.`,
    );
  const startedAt = new Date(about.startedAt);
  if (until && until < startedAt) throw new OneSentenceError(`${from} was begun after that moment: restore from an older backup.`);
  const root = join(resolve(to), 'postgres');
  await refuseFull(to);
  const folder = new DataFolder(root);
  try {
    await mkdir(folder.cluster, { recursive: true, mode: 0o700 });
    const { superuserPassword, lastWal } = await readBackup(from, keys, folder.cluster);
    folder.setSuperuserPassword(superuserPassword);
    await openWal(dirname(resolve(from)), about.lineage, {
      behind: lastWal,
      into: join(folder.cluster, 'pg_wal'),
      keys,
      mayEnd: until !== undefined,
    });
    await writeFile(join(folder.cluster, 'recovery.signal'), '', { mode: 0o600 });
    const user = folder.serverUser();
    if (user) await giveTo(user, folder.cluster);
    const lastCommit = await replay(resolve(to), until);
    return { startedAt, lastCommit, milliseconds: Math.round(performance.now() - began) };
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw error;
  }
}

async function refuseFull(to: string): Promise<void> {
  const found = existsSync(to) ? await readdir(to) : [];
  if (found.length > 0)
    throw new OneSentenceError(`${to} is not empty: restore into a new folder, and look at it before it replaces the old one.`);
}

async function replay(dataDir: string, until: Date | undefined): Promise<Date | undefined> {
  const settings = {
    // Everything there is of the log lies in pg_wal already.
    restore_command: 'exit 1',
    recovery_target_timeline: 'current',
    ...(until && { recovery_target_time: until.toISOString().replace('T', ' ').replace('Z', '+00'), recovery_target_action: 'promote' }),
    // Answers only when all is replayed.
    hot_standby: 'off',
    archive_mode: 'off',
  };
  try {
    const server = await startEmbeddedPostgres({ dataDir, settings, startPatienceMs: REPLAY_PATIENCE_MS });
    try {
      return await withClient(server.superuserUrl, async (client) => {
        const { rows } = await client.query<{ at: Date | null }>('select pg_last_xact_replay_timestamp() as at');
        return rows[0]?.at ?? undefined;
      });
    } finally {
      await server.stop();
    }
  } catch (error) {
    if (until && /before configured recovery target was reached/.test((error as Error).message))
      throw new OneSentenceError(`The archived log ends before ${until.toISOString()}: leave --until out to get everything there is.`);
    throw error;
  }
}

async function giveTo(user: SystemUser, folder: string): Promise<void> {
  await chown(folder, user.uid, user.gid);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    await chown(join(entry.parentPath, entry.name), user.uid, user.gid);
}
