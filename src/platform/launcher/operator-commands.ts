import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Environment, Settings } from '../config/config.js';
import { refusePlainDatabase } from '../config/plain-lines.js';
import { loadKeySettings, loadSettings } from '../config/load-settings.js';
import { backUp } from '../postgres/backup/backups.js';
import { listBackups } from '../postgres/backup/backup-folder.js';
import { readBackup } from '../postgres/backup/read-backup.js';
import { restore } from '../postgres/backup/restore.js';
import type { RunningCluster } from '../postgres/backup/take-backup.js';
import { DataFolder } from '../postgres/data-folder.js';
import { addressOf, startEmbeddedPostgres } from '../postgres/embedded-postgres.js';
import { withClient } from '../postgres/roles.js';
import { keysOf } from '../vault/keys.js';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { bringUpToDate, writeAddresses } from './bring-up-to-date.js';
import { claimDataDir, dataDirOf, isClaimed } from './data-dir.js';
import { withOwnKeys } from './launcher-environment.js';
import { programsIn, upgradeDatabase } from './upgrade-database.js';

export const OPERATOR_USAGE = `  npm run cli -- backup
      copies the embedded database of DATA_DIR, running or not, encrypted, to BACKUP_DIR, and reads the copy back
  npm run cli -- list-backups [--verify]
      lists them; with --verify opens each to its end
  npm run cli -- restore --from <file> --to <new DATA_DIR> [--until 2026-11-27T10:00:00Z]
      makes a data folder out of a backup and the archived log, up to a moment or as far as there is
  npm run cli -- prepare-database --to <folder>
      makes the roles and tables that DATABASE_URL's server needs, and writes there what the app signs in with, so that it can start
      where the owner's password is not known: COUNTERSIGN_APP_DATABASE_URL_FILE and COUNTERSIGN_SCHEDULER_DATABASE_URL_FILE
  npm run cli -- upgrade-db --old-programs <folder with bin/postgres of the older major>
      moves the embedded database of an older PostgreSQL to the one that this version brings; the old folder stays`;

type Say = (line: string) => void;

export const OPERATOR_COMMANDS: Readonly<Record<string, (args: string[], env: Environment, say: Say) => Promise<void>>> = {
  backup: async (_args, env, say) => {
    const { backup, dataDir, keys } = settingsFor(env);
    if (env['DATABASE_URL']) throw new OneSentenceError(OWN_SERVER);
    const { file, milliseconds, pruned } = await onCluster(dataDir, (running) => backUp(running, backup, keys));
    say(`${file}\nMade and read back in ${milliseconds} ms; ${pruned} older ones were let go.`);
  },
  'list-backups': async (args, env, say) => {
    const { values } = parseArgs({ args, options: { verify: { type: 'boolean', default: false } } });
    const { backup, keys } = settingsFor(env);
    const found = await listBackups(backup.dir);
    if (found.length === 0) say(`There is no backup in ${backup.dir}.`);
    for (const { file, bytes, header } of found) {
      const state = header === undefined ? 'cannot be read' : values.verify ? await verified(file, keys) : `key ${header.keyId}`;
      say(`${header?.startedAt ?? '?'.padEnd(24)}  ${`${Math.ceil(bytes / 1_000_000)} MB`.padStart(9)}  ${state}  ${file}`);
    }
  },
  restore: async (args, env, say) => {
    const options = { from: { type: 'string' }, to: { type: 'string' }, until: { type: 'string' } } as const;
    const { from, to, until } = parseArgs({ args, options }).values;
    if (!from || !to) throw new OneSentenceError(`--from and --to are needed.\n\n${OPERATOR_USAGE}`);
    const moment = until === undefined ? undefined : new Date(until);
    if (moment && Number.isNaN(moment.getTime())) throw new OneSentenceError('--until is a moment like 2026-11-27T10:00:00Z.');
    const { keys } = settingsFor(env);
    const { lastCommit, milliseconds } = await restore({ from, to, keys, ...(moment && { until: moment }) });
    const reached = lastCommit ? `the last change in it is of ${lastCommit.toISOString()}` : 'nothing had changed after the copy';
    say(`Restored into ${resolve(to)} in ${milliseconds} ms; ${reached}.\nStart it with DATA_DIR=${resolve(to)} and the same key ring.`);
  },
  'prepare-database': async (args, env, say) => {
    const { to } = parseArgs({ args, options: { to: { type: 'string' } } }).values;
    const serverUrl = env['DATABASE_URL'];
    if (!to || !serverUrl) throw new OneSentenceError(`DATABASE_URL and --to are needed.\n\n${OPERATOR_USAGE}`);
    refusePlainDatabase(env);
    writeAddresses(await bringUpToDate(serverUrl, keysOf(loadKeySettings(env))), resolve(to));
    say(`The database is ready, and ${resolve(to)} holds what the app signs in with.`);
  },
  'upgrade-db': async (args, env, say) => {
    const { 'old-programs': folder } = parseArgs({ args, options: { 'old-programs': { type: 'string' } } }).values;
    if (!folder) throw new OneSentenceError(`--old-programs is needed.\n\n${OPERATOR_USAGE}`);
    const dataDir = dataDirOf(env);
    claimDataDir(dataDir);
    const { tables, rows, from } = await upgradeDatabase(dataDir, programsIn(folder));
    say(`${rows} rows of ${tables} tables are in the new database, and every table's checksum is the same.`);
    say(`Start as usual. The old data are still in ${from}; delete them when you are content.`);
  },
};

const OWN_SERVER =
  'DATABASE_URL names a server of your own: copy it with its own tools (pg_dump, pg_basebackup, your provider). ' +
  'Countersign copies only the database it brings.';

/** Only what these commands need: they also run where nothing else is set up, on a machine that is to take over. */
function settingsFor(env: Environment): Settings {
  const names = ['DATA_DIR', 'BACKUP_DIR', 'BACKUP_KEEP', 'COUNTERSIGN_KEYS', 'COUNTERSIGN_KEYS_FILE'];
  const given = Object.fromEntries(names.map((name) => [name, env[name]]));
  return loadSettings({ ...withOwnKeys(given, dataDirOf(env)), SANDBOX: 'on' });
}

/** The server that runs on this folder, or one that is started for as long as it takes. */
async function onCluster<T>(dataDir: string, work: (running: RunningCluster) => Promise<T>): Promise<T> {
  const folder = new DataFolder(join(dataDir, 'postgres'));
  if (!folder.isInitialised) throw new OneSentenceError(`There is no database of ours in ${dataDir}: set DATA_DIR.`);
  if (isClaimed(dataDir)) return await work(await reach(folder));
  claimDataDir(dataDir);
  const server = await startEmbeddedPostgres({ dataDir });
  try {
    return await work(server.running);
  } finally {
    await server.stop();
  }
}

async function reach(folder: DataFolder): Promise<RunningCluster> {
  const { running } = addressOf(folder, folder.lastPort() ?? 0);
  await withClient(running.superuserUrl, async () => {});
  return running;
}

async function verified(file: string, keys: Settings['keys']): Promise<string> {
  return await readBackup(file, keys).then(
    ({ files }) => `whole (${files.length} files)`,
    (error: Error) => error.message,
  );
}
