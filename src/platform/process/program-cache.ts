import { chmodSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OneSentenceError } from './one-sentence-error.js';
import { isReachableFor, type SystemUser } from './unprivileged-user.js';

/**
 * A folder for unpacked programs that `user` (default: whoever we are) can reach and nobody else can write to.
 * The fill is made under another name and then renamed, so two processes starting at once never run a half-written program.
 * @returns the path of the filled folder
 */
export async function cachedProgram(name: string, user: SystemUser | undefined, fill: (folder: string) => Promise<void>): Promise<string> {
  const root = cacheRoot(user);
  const folder = join(root, name);
  if (exists(join(folder, '.complete'))) return folder;
  const draft = mkdtempSync(join(root, `${name}.`));
  chmodSync(draft, 0o755);
  try {
    await fill(draft);
    writeFileSync(join(draft, '.complete'), '');
    publish(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

function publish(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another process was first: its copy is as good as ours.
    if (!exists(join(folder, '.complete'))) throw error;
  }
}

function cacheRoot(user: SystemUser | undefined): string {
  const me = process.getuid?.();
  const candidates = [tmpdir(), '/var/tmp', '/tmp'].map((folder) => join(folder, `countersign-programs-${me ?? 'own'}`));
  for (const root of candidates) {
    if (!makePrivate(root, me)) continue;
    if (!user || isReachableFor(user, join(root, 'x'))) return root;
  }
  throw new OneSentenceError(`None of ${candidates.join(', ')} can be used: point TMPDIR to a folder that other users may enter.`);
}

/** A folder in a shared place is used only if it is ours: someone else's could hold their program under our name. */
function makePrivate(root: string, me: number | undefined): boolean {
  try {
    mkdirSync(root, { mode: 0o755, recursive: true });
    const { uid, mode } = lstatSync(root);
    if (!lstatSync(root).isDirectory()) return false;
    return me === undefined || (uid === me && (mode & 0o022) === 0);
  } catch {
    return false;
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
