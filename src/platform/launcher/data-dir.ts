import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Environment } from '../config/config.js';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { commandOf, isAlive } from '../process/running-process.js';

/** For commands that need nothing else of the settings. */
export function dataDirOf(env: Environment): string {
  return resolve(env['DATA_DIR'] || '.data');
}

/** Makes DATA_DIR ours. Two launchers on one folder would stop each other's database server as a leftover. */
export function claimDataDir(dataDir: string): void {
  const lockFile = join(dataDir, 'launcher.pid');
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
    const other = claimant(dataDir);
    if (other !== undefined) {
      throw new OneSentenceError(`Countersign already runs on ${dataDir} (process ${other}): stop it, or set DATA_DIR to another folder.`);
    }
    writeFileSync(lockFile, `${process.pid}\n`);
  } catch (error) {
    if (error instanceof OneSentenceError) throw error;
    throw new OneSentenceError(`DATA_DIR cannot be used: ${(error as Error).message}.`);
  }
}

/** Whether a launcher runs on it now. */
export function isClaimed(dataDir: string): boolean {
  return claimant(dataDir) !== undefined;
}

function claimant(dataDir: string): number | undefined {
  const lockFile = join(dataDir, 'launcher.pid');
  const pid = existsSync(lockFile) ? Number.parseInt(readFileSync(lockFile, 'utf8'), 10) : 0;
  return isLauncher(pid) ? pid : undefined;
}

/** A number left by a killed launcher may belong to somebody else by now, in a container even to us or to our parent. */
function isLauncher(pid: number): boolean {
  if (!(pid > 0) || pid === process.pid || pid === process.ppid) return false;
  return isAlive(pid) && /start\.mjs|launcher/.test(commandOf(pid));
}
