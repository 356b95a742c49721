import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Environment } from '../config/config.js';
import { stopChild } from '../process/running-process.js';
import type { RunningParts } from './running-parts.js';

const STOP_PATIENCE_MS = 20_000;
/** The first compilation is of everything. */
export const WATCHED_READY_PATIENCE_MS = 300_000;

/** Nest's own watcher, which compiles what is saved and starts the app anew, with the environment that ours would have got. */
export function startWatchedApp(env: Environment, parts: RunningParts): ChildProcess {
  const nest = createRequire(import.meta.url).resolve('@nestjs/cli/bin/nest.js');
  const child = spawn(
    process.execPath,
    ['--import', new URL('./group-dies-with-parent.js', import.meta.url).href, nest, 'start', '--watch', '--preserveWatchOutput'],
    {
      // Nest starts the app with the `node` that it finds, and that has to be ours.
      env: { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env['PATH'] ?? ''}` },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // A group of its own: Ctrl-C reaches the launcher alone, and the watcher is stopped together with the app that it has started.
      detached: true,
      windowsHide: true,
    },
  );
  const died = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`The watcher could not be started: ${error.message}.`));
    child.once('exit', (code, signal) => resolve(`The watcher ended (${signal ?? `exit code ${code}`}), so everything stops.`));
  });
  parts.add({ order: 'first', died, stop: () => stopGroup(child) });
  return child;
}

/** The watcher may be gone before the app is, which still needs the database for its last words. */
async function stopGroup(child: ChildProcess): Promise<void> {
  if (process.platform === 'win32' || child.pid === undefined) return await stopChild(child, 'SIGTERM', STOP_PATIENCE_MS);
  signalGroup(child.pid, 'SIGTERM');
  for (const deadline = performance.now() + STOP_PATIENCE_MS; signalGroup(child.pid, 0); await setTimeout(50))
    if (performance.now() > deadline) signalGroup(child.pid, 'SIGKILL');
}

/** @returns whether anybody of it is left */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
