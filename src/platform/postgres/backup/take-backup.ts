import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { pack as newPack, type Pack } from 'tar-stream';
import type { KeyRing } from '../../config/key-ring.js';
import { withClient } from '../roles.js';
import { nameAt, writeWhole } from './backup-folder.js';
import { clusterEntries, packFile, packFolder, packText, type CopiedFile } from './cluster-files.js';
import { seal } from './sealed-stream.js';
import { nextWal } from './wal-names.js';

export interface RunningCluster {
  /** The superuser. */
  superuserUrl: string;
  cluster: string;
  superuserPassword: string;
  lineage: string;
  postgres: number;
}

/**
 * A copy of the running server's folder, which everybody keeps writing to. It is consistent once the log from its begin to its
 * end is replayed, and that much of the log is in it; with the archived log it leads to any later moment.
 * @returns the finished file
 */
export async function takeBackup(running: RunningCluster, dir: string, keys: KeyRing, now: () => Date): Promise<string> {
  return await withClient(running.superuserUrl, async (client) => {
    // Holds the log back until we have copied it; it goes with this connection, however that ends.
    await client.query('select pg_create_physical_replication_slot($1, true, true)', [`backup_${randomBytes(4).toString('hex')}`]);
    const startedAt = now();
    const file = join(dir, nameAt(startedAt));
    const { rows } = await client.query<{ wal: string }>(
      'select pg_walfile_name(lsn) as wal from pg_backup_start($1, fast => true) as lsn',
      ['countersign'],
    );
    const wal = rows[0]?.wal ?? '';
    const about = { kind: 'base', startedAt: startedAt.toISOString(), postgres: running.postgres, lineage: running.lineage, wal } as const;
    const pack = newPack();
    const filled = fill(pack, client, running, wal).then(
      () => pack.finalize(),
      (error: Error) => pack.destroy(error),
    );
    await writeWhole(file, seal(compressed(pack), about, keys));
    await filled;
    return file;
  });
}

async function* compressed(pack: Pack): AsyncGenerator<Buffer> {
  const gzip = createGzip({ level: 1 });
  pack.on('error', (error: Error) => gzip.destroy(error));
  pack.pipe(gzip);
  for await (const chunk of gzip) yield chunk as Buffer;
}

async function fill(pack: Pack, client: pg.Client, { cluster, superuserPassword }: RunningCluster, firstWal: string): Promise<void> {
  const files: CopiedFile[] = [];
  for (const { path, isFolder } of await clusterEntries(cluster)) {
    if (isFolder) packFolder(pack, path);
    else files.push(...present(await packFile(pack, cluster, path)));
  }
  const { rows } = await client.query<{ label: string; map: string; wal: string }>(
    'select labelfile as label, spcmapfile as map, pg_walfile_name(lsn) as wal from pg_backup_stop(wait_for_archive => false)',
  );
  const [end] = rows;
  if (!end) throw new Error('The server did not say where the copy ends.');
  files.push(await packText(pack, 'backup_label', end.label));
  if (end.map !== '') files.push(await packText(pack, 'tablespace_map', end.map));
  for (let name = firstWal; ; name = nextWal(name)) {
    const copied = await packFile(pack, cluster, `pg_wal/${name}`);
    if (!copied) throw new Error(`The log file ${name} was gone before it was copied.`);
    files.push(copied);
    if (name >= end.wal) break;
  }
  await packText(pack, 'countersign-backup.json', JSON.stringify({ superuserPassword, lastWal: end.wal, files }));
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
