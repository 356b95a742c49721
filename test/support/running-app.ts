import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { z } from 'zod';

const READY_PATIENCE_MS = 90_000;
const PULL_PATIENCE_MS = 90_000;

const demoFile = z.object({ apiKeys: z.record(z.string(), z.string()), sandbox: z.record(z.string(), z.string()) });
const invoicePage = z.object({ items: z.array(z.object({ state: z.string() })) });
const connectionPage = z.object({ items: z.array(z.object({ running: z.unknown().optional() })) });

export interface RunningApp {
  url: string;
  /** Addresses of the pretended vendors and the mailbox. */
  sandbox: Record<string, string>;
  apiKeys: Record<string, string>;
  /** What the processes said so far. */
  output(): string;
  stop(): Promise<void>;
}

/** What `npm start` starts, on an empty data folder and free ports: PostgreSQL, the pretended vendors and the app. Nothing is replaced. */
export async function startApp(): Promise<RunningApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'countersign-app-'));
  const { PATH = '', NODE_OPTIONS = '', CHROME_PATH } = process.env;
  const child = spawn(process.execPath, ['start.mjs'], {
    env: { PATH, NODE_OPTIONS, DATA_DIR: dataDir, PORT: '0', SANDBOX_PORT: '0', ...(CHROME_PATH && { CHROME_PATH }) },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const stop = async () => {
    await end(child);
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const url = await until(READY_PATIENCE_MS, () => /Countersign is ready: (\S+)/.exec(said)?.[1], child);
    const { apiKeys, sandbox } = demoFile.parse(JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')));
    return { url, sandbox, apiKeys, output: () => said, stop };
  } catch (error) {
    await stop();
    throw new Error(`${error instanceof Error ? error.message : String(error)}: ${said}`, { cause: error });
  }
}

/** Until the first run has read the invoices and the rules have looked at each: from then on a list stays as it is. */
export async function untilRead(app: RunningApp): Promise<void> {
  const read = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${app.url}/api/v1${path}`, { headers: { authorization: `Bearer ${app.apiKeys['owner'] ?? ''}` } });
    return answer.ok ? await answer.json() : { items: [] };
  };
  const howMany = async (state: string) => invoicePage.parse(await read(`/invoices?state=${state}&limit=100`)).items.length;
  await until(PULL_PATIENCE_MS, async () => {
    if ((await howMany('in_review')) < 100 || (await howMany('draft')) > 0) return undefined;
    const { items } = connectionPage.parse(await read('/connections'));
    return items.length > 0 && items.every(({ running }) => running === undefined) ? true : undefined;
  });
}

async function until<T>(patienceMs: number, look: () => Promise<T | undefined> | T | undefined, child?: ChildProcess): Promise<T> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline && (child === undefined || child.exitCode === null)) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await after(50);
  }
  throw new Error('It did not come in time');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  await closed;
}
