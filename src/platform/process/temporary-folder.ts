import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './running-process.js';

export interface TemporaryFolder {
  path: string;
  remove(): void;
}

/** What this process has made and not yet removed. A number that a killed process had may be ours by now, so it alone says nothing. */
const ours = new Set<string>();
let removedAtExit = false;

/**
 * A scratch folder that does not outlive us: its name says whose it is, it goes when we end, and what a killed process left
 * behind is removed when the next one makes a folder for the same purpose.
 * @param purpose the beginning of its name, without digits
 */
export function temporaryFolder(purpose: string): TemporaryFolder {
  removeLeftBehind(purpose);
  const path = mkdtempSync(join(tmpdir(), `countersign-${purpose}-${process.pid}-${startOf(process.pid)}-`));
  ours.add(path);
  if (!removedAtExit) process.on('exit', () => ours.forEach(removeFolder));
  removedAtExit = true;
  return {
    path,
    remove: () => {
      removeFolder(path);
      ours.delete(path);
    },
  };
}

/** Removes the folders whose makers are gone. */
export function removeLeftBehind(purpose: string): void {
  const name = new RegExp(`^countersign-${purpose}-(\\d+)-(\\d+)-`);
  for (const entry of readdirSync(tmpdir())) {
    const [, pid = '', start = ''] = name.exec(entry) ?? [];
    const path = join(tmpdir(), entry);
    if (pid === '' || ours.has(path) || stillRuns(Number.parseInt(pid, 10), start)) continue;
    // In a folder that everybody may write to, a link under such a name would lead us elsewhere.
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) removeFolder(path);
  }
}

function stillRuns(pid: number, start: string): boolean {
  return isAlive(pid) && startOf(pid) === start;
}

/** Numbers of processes come again, in a container with every start; together with the moment of its start it is one process. */
function startOf(pid: number): string {
  if (process.platform !== 'linux') return '0';
  try {
    // The second field is a name in brackets that may hold anything; the moment is the 22nd.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[19] ?? '0';
  } catch {
    return '0';
  }
}

function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  } catch {
    // Somebody else's, or still written to: the next start tries again.
  }
}
