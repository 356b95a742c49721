import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname } from 'node:path';
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
    ['--import', new URL('./die-with-parent.js', import.meta.url).href, nest, 'start', '--watch', '--preserveWatchOutput'],
    {
      // Nest starts the app with the `node` that it finds, and that has to be ours.
      env: { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env['PATH'] ?? ''}` },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Its own group: Ctrl-C reaches the launcher alone. The watcher hands a signal on to the app and leaves with it.
      detached: true,
      windowsHide: true,
    },
  );
  const died = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`The watcher could not be started: ${error.message}.`));
    child.once('exit', (code, signal) => resolve(`The watcher ended (${signal ?? `exit code ${code}`}), so everything stops.`));
  });
  parts.add({ order: 'first', died, stop: () => stopChild(child, 'SIGTERM', STOP_PATIENCE_MS) });
  return child;
}
