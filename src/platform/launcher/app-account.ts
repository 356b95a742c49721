import { chmodSync, chownSync, existsSync, lchownSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment, Settings } from '../config/config.js';
import { findSystemUser, isReachableFor, isRoot, mayRead, type SystemUser } from '../process/unprivileged-user.js';

/** Owns no file anywhere, and is neither the database server's account nor the browser's. It needs no name. */
const OF_ITS_OWN: SystemUser = { uid: 65_531, gid: 65_531 };
/** What the app writes in DATA_DIR. The rest of it is the launcher's and the database server's. */
const WRITTEN_BY_APP = ['exports', 'audit-heads'];

/** As whom the app runs: somebody else than we who know the owner's password, or the reason why not. */
export type AppAccount = { user: SystemUser } | { sharedBecause: string };

/**
 * The account for the app's process. What it runs as must not read the password of the database's owner, which we hold; only root
 * can start somebody else, and only where that one reaches what it needs. Otherwise the app runs as we do, and health says why.
 * @param env what the app is going to be given
 */
export function appAccount(settings: Settings, env: Environment): AppAccount {
  if (!isRoot()) return { sharedBecause: 'only root can start it as another account, and this was started as an ordinary user' };
  const user = findSystemUser(['countersign']) ?? OF_ITS_OWN;
  if (!isReachableFor(user, settings.dataDir)) return { sharedBecause: `the account ${user.uid} cannot get to ${settings.dataDir}` };
  const { uid } = statSync(settings.dataDir);
  // Somebody else's folder stays theirs: the next start without root would no longer get in.
  if (uid !== 0) return { sharedBecause: `DATA_DIR belongs to the account ${uid} and not to root` };
  openDataDir(settings, user);
  const problem = missing(user, settings, env);
  return problem === undefined ? { user } : { sharedBecause: `the account ${user.uid} ${problem}` };
}

function missing(user: SystemUser, settings: Settings, env: Environment): string | undefined {
  const { edge, keysFile, chromePath, port } = settings;
  const files = [
    process.execPath,
    fileURLToPath(new URL('../../main.js', import.meta.url)),
    keysFile,
    chromePath,
    env['NODE_EXTRA_CA_CERTS'],
  ];
  const tls = edge.tls ? [edge.tls.certFile, edge.tls.keyFile] : [];
  for (const file of [...files, ...tls]) if (file !== undefined && existsSync(file) && !mayRead(user, file)) return `cannot read ${file}`;
  const lowest = firstPortForAll();
  for (const one of [port, edge.tls?.redirectPort ?? lowest]) if (one < lowest) return `may not listen on port ${one}`;
  return undefined;
}

function firstPortForAll(): number {
  try {
    return Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'), 10);
  } catch {
    return 1_024;
  }
}

/**
 * Lets the app's account into DATA_DIR: it may make files there, touch only its own, and read the sandbox's key ring. What lies
 * below `postgres` stays closed to it.
 */
function openDataDir({ dataDir, backup }: Settings, user: SystemUser): void {
  chownSync(dataDir, 0, user.gid);
  // The sticky bit: whoever may make files here still cannot remove or replace those of others.
  chmodSync(dataDir, 0o1770);
  for (const name of [...WRITTEN_BY_APP, 'keys']) if (existsSync(join(dataDir, name))) giveAll(join(dataDir, name), user);
  if (backup.at !== undefined) letSeeBackups(backup.dir, user);
}

/** Where the app keeps compiled code: not where we look for ours, which it could then replace. */
export function compileCacheOf(user: SystemUser, ours: string | undefined): string | undefined {
  if (ours === undefined) return undefined;
  const folder = `${ours}-app`;
  mkdirSync(folder, { recursive: true });
  chownSync(folder, user.uid, user.gid);
  return folder;
}

/** Health tells how old the newest is, which stands in its name; the files themselves are sealed and closed. */
function letSeeBackups(folder: string, user: SystemUser): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (mayRead(user, folder)) return;
  chownSync(folder, 0, user.gid);
  chmodSync(folder, 0o750);
}

/** A link is given away itself: the app could have put one there that leads to a file of ours. */
function giveAll(path: string, user: SystemUser): void {
  const { nlink } = lstatSync(path);
  const isFolder = lstatSync(path).isDirectory();
  if (isFolder || nlink === 1) lchownSync(path, user.uid, user.gid);
  if (isFolder) for (const name of readdirSync(path)) giveAll(join(path, name), user);
}

/** One file that we wrote and that the app has to read, where it is somebody else. */
export function giveToApp(file: string, settings: Settings): void {
  if (!isRoot()) return;
  // The folder's group is the app's, and nobody else's, once it was let in.
  const { uid, gid } = statSync(settings.dataDir);
  if (uid === 0 && gid !== 0) chownSync(file, gid === OF_ITS_OWN.gid ? OF_ITS_OWN.uid : (findSystemUser(['countersign'])?.uid ?? 0), gid);
}
