import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Settings } from '../config/config.js';
import type { DatabaseUrls } from '../postgres/roles.js';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { giveToApp } from './app-account.js';
import { setUpDemo, type StartedSandbox } from './sandbox-process.js';

const known = z.object({ tenantId: z.string(), apiKeys: z.record(z.string(), z.string()) });
type Demo = z.infer<typeof known>;

const REQUEST_PATIENCE_MS = 30_000;

/** What scripts find a running sandbox by. */
export function demoFile(dataDir: string): string {
  return join(dataDir, 'demo.json');
}

/**
 * Once the app listens: at the first start makes the sandbox's one MSP, as an operator would, and has its first day lived through;
 * later starts only tell scripts where everything is now. The file holds keys, so it is ours alone, and it appears in one step.
 */
export async function prepareDemo(settings: Settings, urls: DatabaseUrls, sandbox: StartedSandbox, appPid: number): Promise<void> {
  const file = demoFile(settings.dataDir);
  const before = readDemoFile(file);
  const { tenantId, apiKeys } = before && (await stillWork(settings, before)) ? before : await madeAnew(settings, urls, sandbox, before);
  const content = {
    url: settings.publicUrl,
    tenantId,
    databaseUrl: urls.appUrl,
    pids: { app: appPid, sandbox: sandbox.pid },
    apiKeys,
    sandbox: sandbox.urls,
  };
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  giveToApp(`${file}.new`, settings);
  renameSync(`${file}.new`, file);
}

/** A set-up that was broken off goes on where it was: the owner signs in as usual then. */
async function madeAnew(
  settings: Settings,
  { ownerUrl }: DatabaseUrls,
  { tenant }: StartedSandbox,
  before: Demo | undefined,
): Promise<Demo> {
  const { publicUrl } = settings;
  // Loaded here, because a later start needs neither.
  const [{ createTenant, firstTenant }, { withClient }] = await Promise.all([
    import('../../identity/create-tenant.repository.js'),
    import('../postgres/roles.js'),
  ]);
  const { directories: allowedDirectories, ...named } = tenant;
  const { tenantId, ownerLink } = await withClient(ownerUrl, async (owner) => {
    const existing = await firstTenant(owner);
    if (existing !== undefined) return { tenantId: existing, ownerLink: undefined };
    return await createTenant(owner, { ...named, publicUrl, allowedDirectories });
  });
  try {
    return { tenantId, apiKeys: await setUpDemo({ url: publicUrl, ...(ownerLink !== undefined && { ownerLink }) }) };
  } catch (error) {
    // Somebody has made this sandbox theirs, perhaps with a second factor; it works without the keys of scripts.
    if (before === undefined || !(error instanceof OneSentenceError)) throw error;
    console.error(`${error.message}\nThe keys in ${demoFile(settings.dataDir)} no longer work.`);
    return before;
  }
}

function readDemoFile(file: string): Demo | undefined {
  return existsSync(file) ? known.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data : undefined;
}

async function stillWork({ publicUrl }: Settings, { apiKeys }: Demo): Promise<boolean> {
  const keys = Object.values(apiKeys);
  const answers = await Promise.all(keys.map((key) => isTaken(publicUrl, key)));
  return keys.length > 0 && answers.every(Boolean);
}

async function isTaken(publicUrl: string, key: string): Promise<boolean> {
  const answer = await fetch(`${publicUrl}/api/v1/connections`, {
    headers: { Authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(REQUEST_PATIENCE_MS),
  });
  await answer.body?.cancel();
  return answer.ok;
}
