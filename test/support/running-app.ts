import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { z } from 'zod';
import { launchStart, untilReady } from './launched.js';

const PULL_PATIENCE_MS = 580_000;

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
  const { CHROME_PATH } = process.env;
  const launched = launchStart({ DATA_DIR: dataDir, ...(CHROME_PATH && { CHROME_PATH }) });
  const stop = async () => {
    await launched.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const url = await untilReady(launched);
    const { apiKeys, sandbox } = demoFile.parse(JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')));
    return { url, sandbox, apiKeys, output: launched.output, stop };
  } catch (error) {
    await stop();
    throw error;
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

async function until<T>(patienceMs: number, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await after(50);
  }
  throw new Error('It did not come in time');
}
