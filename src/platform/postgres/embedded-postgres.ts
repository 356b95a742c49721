import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { chownSync, closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../process/free-port.js';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { stopChild } from '../process/running-process.js';
import { temporaryFolder } from '../process/temporary-folder.js';
import type { SystemUser } from '../process/unprivileged-user.js';
import { SPOOL } from './backup/wal-archive.js';
import type { RunningCluster } from './backup/take-backup.js';
import { DataFolder } from './data-folder.js';
import { SUPERUSER } from './own-server-url.js';
import { findPostgresPrograms, POSTGRES_MAJOR, type PostgresPrograms } from './postgres-programs.js';

const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 30_000;
/** What the server says while the processes of a killed predecessor are still leaving. */
const PREDECESSOR_LEAVING = /pre-existing shared memory block|lock file "postmaster.pid" already exists/;

export interface EmbeddedPostgresOptions {
  /** The server keeps its data under `<dataDir>/postgres/18`. Without it: a folder that is deleted at stop. */
  dataDir?: string;
  /** Tests switch it off; real data never. */
  fsync?: boolean;
  maxConnections?: number;
  /** Keeps the log for backups, file by file, in a spool that somebody has to empty. */
  archive?: boolean;
  /** Further settings of the server, for recovery. */
  settings?: Readonly<Record<string, string>>;
  /** An older server on its own folder beside ours, to be read and left. */
  old?: { major: number; programs: PostgresPrograms };
  /** Hears what the server says of itself, line by line, once it runs. */
  said?: (line: string) => void;
  /** Default one minute; replaying a log takes longer. */
  startPatienceMs?: number;
}

export interface EmbeddedPostgres {
  /** The superuser's URL, database `postgres`. For making roles, and for copies. */
  superuserUrl: string;
  port: number;
  pid: number;
  /** What a backup needs to know. */
  running: RunningCluster;
  /** Resolves with one sentence when the server ends without having been asked to. */
  died: Promise<string>;
  stop(): Promise<void>;
}

/** Starts PostgreSQL 18 on 127.0.0.1 and resolves when it accepts connections. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const throwAway = options.dataDir === undefined ? temporaryFolder('postgres') : undefined;
  const root = resolve(options.dataDir ?? throwAway?.path ?? '', 'postgres');
  makeFolder(root);
  const folder = new DataFolder(root, options.old?.major);
  if (!options.old) folder.refuseOtherMajor();
  const user = folder.serverUser();
  const programs = options.old?.programs ?? (await findPostgresPrograms(user));
  await initialise(folder, programs, user);
  await folder.recover();
  if (options.archive === true) folder.prepareSpool(user);
  const server = await startServer(folder, programs, user, options);
  const { said } = options;
  if (said && server.child.stderr) createInterface({ input: server.child.stderr }).on('line', said);
  return {
    ...addressOf(folder, server.port),
    port: server.port,
    pid: server.child.pid ?? 0,
    died: new Promise((settle) =>
      server.child.once('exit', (code, signal) =>
        settle(`The database server ended (${signal ?? `exit code ${code}`}), so everything stops.`),
      ),
    ),
    stop: async () => {
      // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave, and loses nothing.
      await stopChild(server.child, 'SIGINT', STOP_PATIENCE_MS);
      throwAway?.remove();
    },
  };
}

/** How to reach a server on this folder, whoever started it. */
export function addressOf(folder: DataFolder, port: number): { superuserUrl: string; running: RunningCluster } {
  const superuserPassword = folder.superuserPassword();
  const superuserUrl = `postgresql://${SUPERUSER}:${superuserPassword}@127.0.0.1:${port}/postgres`;
  return {
    superuserUrl,
    running: { superuserUrl, superuserPassword, cluster: folder.cluster, lineage: folder.lineage(), postgres: POSTGRES_MAJOR },
  };
}

function makeFolder(root: string): void {
  try {
    mkdirSync(root, { recursive: true });
  } catch (error) {
    throw new OneSentenceError(`DATA_DIR cannot be used: ${(error as Error).message}.`);
  }
}

async function initialise(folder: DataFolder, programs: PostgresPrograms, user: SystemUser | undefined): Promise<void> {
  if (folder.isInitialised) return;
  folder.prepare(user);
  // What is in it opens the database, so it must not stay behind when we are killed meanwhile.
  const scratch = temporaryFolder('initdb');
  const passwordFile = join(scratch.path, 'password');
  writeFileSync(passwordFile, folder.superuserPassword(), { mode: 0o600 });
  if (user) for (const path of [scratch.path, passwordFile]) chownSync(path, user.uid, user.gid);
  try {
    const run = runIn(folder.cluster, user, programs.initdb, [
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The built-in provider sorts alike on every system, and no update of the C library can corrupt an index.
      '--locale-provider=builtin',
      '--locale=C',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ]);
    const code = await new Promise((settle) => run.child.once('exit', settle));
    if (code !== 0) throw new OneSentenceError(`PostgreSQL could not make its data folder ${folder.cluster}: ${run.lastWords()}`);
  } catch (error) {
    rmSync(folder.cluster, { recursive: true, force: true });
    throw error;
  } finally {
    scratch.remove();
  }
}

interface RunningServer extends Run {
  port: number;
}

async function startServer(
  folder: DataFolder,
  programs: PostgresPrograms,
  user: SystemUser | undefined,
  options: EmbeddedPostgresOptions,
): Promise<RunningServer> {
  const deadline = performance.now() + (options.startPatienceMs ?? START_PATIENCE_MS);
  for (;;) {
    const port = await freePort(folder.lastPort());
    const run = runIn(folder.cluster, user, programs.postgres, serverFlags(port, options));
    if (await accepts(run, deadline)) {
      folder.rememberPort(port);
      return { ...run, port };
    }
    await stopChild(run.child, 'SIGINT', STOP_PATIENCE_MS);
    if (!PREDECESSOR_LEAVING.test(run.lastWords()) || performance.now() > deadline) {
      throw new OneSentenceError(`PostgreSQL did not start on ${folder.cluster}: ${run.lastWords()}`);
    }
    await new Promise((settle) => setTimeout(settle, 500));
  }
}

/** How much a disaster may cost: a file of the log is closed after so long even when it is not full. */
const ARCHIVE_SECONDS = 60;

/** The server's own module copies and syncs; no shell, no program of the system. The folder is relative to the cluster's. */
const ARCHIVING = {
  archive_mode: 'on',
  archive_library: 'basic_archive',
  'basic_archive.archive_directory': SPOOL,
  archive_timeout: ARCHIVE_SECONDS,
};

function serverFlags(port: number, options: EmbeddedPostgresOptions): string[] {
  const durable = options.fsync ?? true;
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    // TCP with a password only: a socket file would need a folder that both of us may enter.
    unix_socket_directories: '',
    max_connections: options.maxConnections ?? 200,
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Statements can hold what a client is charged; the log does not.
    log_statement: 'none',
    log_min_error_statement: 'panic',
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    ...(options.archive === true && ARCHIVING),
    ...options.settings,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function accepts(run: Run, deadline: number): Promise<boolean> {
  return new Promise((settle) => {
    const timer = setTimeout(() => settle(false), Math.max(0, deadline - performance.now()));
    const decide = (answer: boolean): void => {
      clearTimeout(timer);
      settle(answer);
    };
    run.child.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.includes('database system is ready to accept connections')) decide(true);
    });
    run.child.once('exit', () => decide(false));
  });
}

interface Run {
  child: ChildProcess;
  /** The last lines the program wrote, as one line. */
  lastWords(): string;
}

/**
 * For glibc's allocator: what planning a statement needs is kept for the next one instead of going back to the system
 * each time. Policies make plans larger, and the page faults were most of what row security cost (1.19 to 1.09).
 */
const KEEP_MEMORY = { MALLOC_TOP_PAD_: '1048576', MALLOC_TRIM_THRESHOLD_: '16777216', MALLOC_MMAP_THRESHOLD_: '4194304' };

/**
 * Runs a PostgreSQL program on a cluster folder. As root on Linux the folder is handed over as an open descriptor: it can lie
 * below a folder (root's home, say) that the server's account may not walk through, and DATA_DIR is where its data belong.
 */
function runIn(cluster: string, user: SystemUser | undefined, program: string, flags: string[]): Run {
  const byDescriptor = user !== undefined && process.platform === 'linux';
  const descriptor = byDescriptor ? openSync(cluster, 'r') : undefined;
  const stdio: SpawnOptions['stdio'] = ['ignore', 'ignore', 'pipe', ...(descriptor === undefined ? [] : [descriptor])];
  const child = spawn(program, ['-D', byDescriptor ? '/proc/self/fd/3' : cluster, ...flags], {
    ...user,
    stdio,
    cwd: '/',
    // A group of its own, so that Ctrl-C in a terminal reaches the launcher alone: the database is the last to stop.
    detached: true,
    windowsHide: true,
    env: { LC_ALL: 'C', ...KEEP_MEMORY, ...(process.platform === 'win32' ? { SystemRoot: process.env['SystemRoot'] } : {}) },
  });
  if (descriptor !== undefined) closeSync(descriptor);
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString('utf8')).slice(-2_000)));
  child.on('error', (error) => (words += error.message));
  return { child, lastWords: () => causeIn(words.trim().split('\n')).slice(-4).join(' | ') };
}

/** The lines that say why, where there are any: after a failed start the server tells at length how it shuts down. */
function causeIn(lines: string[]): string[] {
  const fatal = lines.filter((line) => /\b(FATAL|PANIC): /.test(line));
  return fatal.length > 0 ? fatal : lines;
}
