import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY_PATIENCE_MS = 580_000;

export interface Launched {
  child: ChildProcess;
  /** What it and its own processes said so far. */
  output: () => string;
  /** The code that it ended with. */
  ended: Promise<number | null>;
  /** Asks it to end, if it has not. @returns the code that it ended with */
  stop: () => Promise<number | null>;
}

/** A script of ours in a process of its own, with no more of this environment than Node needs. */
export function launch(script: readonly string[], env: Readonly<Record<string, string>>): Launched {
  const { PATH = '', NODE_OPTIONS = '' } = process.env;
  const child = spawn(process.execPath, script, { cwd: ROOT, env: { PATH, NODE_OPTIONS, ...env } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const stop = async (): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    return await ended;
  };
  return { child, output: () => said, ended, stop };
}

/** What `npm start` starts, on ports that are free. Its answer is not awaited. */
export function launchStart(env: Readonly<Record<string, string>>): Launched {
  return launch(['start.mjs'], { PORT: '0', SANDBOX_PORT: '0', ...env });
}

/** The address under which it is there. @throws with what it said, when it ended or took too long */
export async function untilReady({ child, output }: Launched): Promise<string> {
  for (const deadline = performance.now() + READY_PATIENCE_MS; performance.now() < deadline; await after(20)) {
    const url = /Countersign is ready: (\S+)/.exec(output())?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null || child.signalCode !== null) break;
  }
  throw new Error(`It did not start: ${output()}`);
}
