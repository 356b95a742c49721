import { spawn, type ChildProcess } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../config/config.js';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { stopChild } from '../process/running-process.js';
import type { SystemUser } from '../process/unprivileged-user.js';
import type { RunningParts } from './running-parts.js';

const READY_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 20_000;

/** @param user as whom, when not as ourselves */
export function startApp(env: Environment, parts: RunningParts, user?: SystemUser): ChildProcess {
  const child = spawn(
    process.execPath,
    [
      '--import',
      new URL('./die-with-parent.js', import.meta.url).href,
      '--enable-source-maps',
      fileURLToPath(new URL('../../main.js', import.meta.url)),
    ],
    // Its own group: Ctrl-C reaches the launcher alone, which stops its parts in order.
    { ...user, env: { ...env }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true, windowsHide: true },
  );
  const died = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`The app could not be started: ${error.message}.`));
    child.once('exit', (code, signal) => resolve(`The app ended (${signal ?? `exit code ${code}`}), so everything stops.`));
  });
  parts.add({ order: 'first', died, stop: () => stopChild(child, 'SIGTERM', STOP_PATIENCE_MS) });
  return child;
}

export async function waitUntilReady(url: string, app: ChildProcess, patienceMs = READY_PATIENCE_MS): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    if (app.exitCode !== null || app.signalCode !== null) return;
    if (await isReady(url)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new OneSentenceError(`The app did not become ready within ${patienceMs / 1_000} s; its log above says why.`);
}

/** Over TLS the name in the certificate is the public one and not that of this machine; whom we ask is our own child. */
function isReady(url: string): Promise<boolean> {
  const options = { timeout: 2_000, agent: false, ...(url.startsWith('https:') && { rejectUnauthorized: false }) };
  return new Promise((resolve) => {
    const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    // Not listening yet.
    request.on('error', () => resolve(false));
    request.end();
  });
}
