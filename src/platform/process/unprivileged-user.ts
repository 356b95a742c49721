import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export interface SystemUser {
  uid: number;
  gid: number;
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The first of these accounts that exists here. */
export function findSystemUser(names: readonly string[]): SystemUser | undefined {
  const accounts = readAccounts();
  for (const name of names) {
    const account = accounts.get(name);
    if (account) return account;
  }
  return undefined;
}

function readAccounts(): Map<string, SystemUser> {
  const accounts = new Map<string, SystemUser>();
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name && uid && gid) accounts.set(name, { uid: Number.parseInt(uid, 10), gid: Number.parseInt(gid, 10) });
  }
  return accounts;
}

/**
 * Whether `user` may walk down to `path`. A checkout in root's home or in a `mktemp -d` folder is closed to everyone else,
 * so that what runs there as another user would end with a bare "permission denied".
 */
export function isReachableFor(user: SystemUser, path: string): boolean {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    if (!maySearch(user, folder)) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Whether `user` gets to the file and may read it. */
export function mayRead(user: SystemUser, file: string): boolean {
  return isReachableFor(user, file) && has(user, file, 0o4);
}

function maySearch(user: SystemUser, folder: string): boolean {
  return has(user, folder, 0o1);
}

function has(user: SystemUser, path: string, right: number): boolean {
  const { mode, uid, gid } = statSync(path);
  if (uid === user.uid) return (mode & (right << 6)) !== 0;
  if (gid === user.gid) return (mode & (right << 3)) !== 0;
  return (mode & right) !== 0;
}
