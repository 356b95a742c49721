import { existsSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { copyDatabase } from '../postgres/backup/copy-database.js';
import { DataFolder } from '../postgres/data-folder.js';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.js';
import { POSTGRES_MAJOR, type PostgresPrograms } from '../postgres/postgres-programs.js';
import { namedUrl, prepareRoles, withClient } from '../postgres/roles.js';
import { OneSentenceError } from '../process/one-sentence-error.js';

export interface Upgraded {
  tables: number;
  rows: number;
  /** The old data, as they were but for our own migrations. */
  from: string;
}

/** The programs of an older PostgreSQL, from its npm package or the system's. */
export function programsIn(folder: string): PostgresPrograms {
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) => resolve(folder, 'bin', name)) as [string, string];
  if (!existsSync(postgres)) throw new OneSentenceError(`There is no ${postgres}: name the folder above "bin".`);
  return { initdb, postgres };
}

/**
 * Brings the old database to this version's shape, copies it row by row into a new server, compares, and only then puts the new
 * folder where the app looks for it. The npm package has neither pg_upgrade nor pg_dump, so it is our own copy.
 */
export async function upgradeDatabase(dataDir: string, programs: PostgresPrograms): Promise<Upgraded> {
  const root = join(dataDir, 'postgres');
  const found = new DataFolder(root);
  const major = found.isInitialised ? undefined : found.otherMajor();
  if (major === undefined) throw new OneSentenceError(`${root} holds no database of an older PostgreSQL: there is nothing to upgrade.`);
  const draft = join(dataDir, 'upgrade');
  rmSync(draft, { recursive: true, force: true });
  try {
    const copied = await copyInto(draft, dataDir, { major: Number.parseInt(major, 10), programs });
    renameSync(join(root, 'superuser-password'), join(root, `superuser-password.${major}`));
    for (const name of ['superuser-password', 'lineage']) renameSync(join(draft, 'postgres', name), join(root, name));
    renameSync(join(draft, 'postgres', String(POSTGRES_MAJOR)), found.cluster);
    return { tables: copied.length, rows: copied.reduce((sum, { rows }) => sum + rows, 0), from: join(root, major) };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function copyInto(
  draft: string,
  dataDir: string,
  old: { major: number; programs: PostgresPrograms },
): Promise<Awaited<ReturnType<typeof copyDatabase>>> {
  const { migrate } = await import('../../database/migrate.js');
  const oldServer = await startEmbeddedPostgres({ dataDir, old });
  try {
    const newServer = await startEmbeddedPostgres({ dataDir: draft });
    try {
      // Without passwords: nobody but the owner signs in here, and the next start gives the roles theirs.
      for (const { superuserUrl } of [oldServer, newServer]) await migrate(await prepareRoles(superuserUrl));
      // Copying past every trigger and policy is the superuser's.
      const [source, target] = [namedUrl(oldServer.superuserUrl).href, namedUrl(newServer.superuserUrl).href];
      return await withClient(source, (reads) => withClient(target, (writes) => copyDatabase(reads, writes)));
    } finally {
      await newServer.stop();
    }
  } finally {
    await oldServer.stop();
  }
}
