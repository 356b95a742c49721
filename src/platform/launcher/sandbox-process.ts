import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { SandboxServers } from '../config/environment-schema.js';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { stopChild } from '../process/running-process.js';
import type { RunningParts } from './running-parts.js';

const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 10_000;

/** The package of the invented vendors, beside ours in a clone; a production install has none. */
const PROGRAMS = new URL('../../../sandbox/dist/', import.meta.url);

/** The line the sandbox prints when everything in it listens. */
const readyLine = z.object({
  ready: z.literal(true),
  pid: z.int(),
  urls: z.record(z.string(), z.string()),
  environment: z.record(z.string(), z.string()),
  ca: z.string(),
  tenant: z.object({ name: z.string(), ownerEmail: z.string(), timeZone: z.string(), directories: z.array(z.string()) }),
});

export interface StartedSandbox {
  pid: number;
  urls: Record<string, string>;
  /** The app's variables that make it talk to the sandbox. */
  environment: Record<string, string>;
  /** The MSP that an operator makes for a first look. */
  tenant: z.infer<typeof readyLine>['tenant'];
}

export interface SandboxOptions {
  dataDir: string;
  port: number;
  /** Where the app is going to listen. */
  appUrl: string;
}

/** Starts the invented vendors as a process of their own. It is given no key and no database: nothing of ours can leak into it. */
export async function startSandboxServers({ dataDir, port, appUrl }: SandboxOptions, parts: RunningParts): Promise<StartedSandbox> {
  const child = spawn(process.execPath, ['--enable-source-maps', programOf('main.js')], {
    env: {
      SANDBOX_DATA_DIR: dataDir,
      SANDBOX_PORT: String(port),
      SANDBOX_APP_URL: appUrl,
      SANDBOX_PARENT: '1',
      TZ: 'UTC',
      ...compileCache(),
    },
    // The open pipe to its input is how it notices that we are gone.
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
    windowsHide: true,
  });
  const died = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`The sandbox could not be started: ${error.message}.`));
    child.once('exit', (code, signal) => resolve(`The sandbox ended (${signal ?? `exit code ${code}`}), so everything stops.`));
  });
  parts.add({ order: 'second', died, stop: () => stopChild(child, 'SIGTERM', STOP_PATIENCE_MS) });
  const ready = await firstLine(child, died);
  const servers: SandboxServers = { pid: ready.pid, urls: ready.urls, environment: ready.environment };
  return {
    pid: ready.pid,
    urls: ready.urls,
    environment: { NODE_EXTRA_CA_CERTS: ready.ca, COUNTERSIGN_SANDBOX: JSON.stringify(servers) },
    tenant: ready.tenant,
  };
}

const keysMade = z.object({ apiKeys: z.record(z.string(), z.string()) });

/** Has the sandbox do what an owner does on their first day, on the app's own pages. @returns the API keys that it made */
export async function setUpDemo(wanted: { url: string; ownerLink?: string }): Promise<Record<string, string>> {
  const child = spawn(process.execPath, ['--enable-source-maps', programOf('demo/main.js')], {
    env: { TZ: 'UTC', ...compileCache() },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  child.stdin.end(JSON.stringify(wanted));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [said, problem, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new OneSentenceError(`The sandbox could not be set up: ${problem.trim()}`);
  return keysMade.parse(JSON.parse(said)).apiKeys;
}

function programOf(name: string): string {
  const file = fileURLToPath(new URL(name, PROGRAMS));
  if (existsSync(file)) return file;
  throw new OneSentenceError(
    'This installation has no sandbox, which is part of a clone only: set SANDBOX=off and what a live start needs.',
  );
}

function compileCache(): Record<string, string> {
  const folder = process.env['NODE_COMPILE_CACHE'];
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
}

async function firstLine(child: ChildProcess, died: Promise<string>): Promise<z.infer<typeof readyLine>> {
  const { stdout } = child;
  if (!stdout) throw new OneSentenceError('The sandbox could not be heard.');
  const lines = createInterface({ input: stdout });
  const line = new Promise<string>((resolve) => lines.once('line', resolve));
  const late = new Promise<never>((_resolve, reject) => {
    const sentence = `The sandbox did not start within ${START_PATIENCE_MS / 1_000} s.`;
    setTimeout(() => reject(new OneSentenceError(sentence)), START_PATIENCE_MS).unref();
  });
  const ended = died.then((sentence) => Promise.reject(new OneSentenceError(sentence)));
  const first = await Promise.race([line, ended, late]);
  ended.catch(() => {});
  late.catch(() => {});
  // Whatever it says later must not fill the pipe and stop it.
  lines.on('line', (said) => console.log(said));
  return readyLine.parse(JSON.parse(first));
}
