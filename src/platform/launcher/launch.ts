import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Environment } from '../config/config.js';
import { loadSettings } from '../config/load-settings.js';
import { BackupSchedule } from '../postgres/backup/backups.js';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.js';
import { installationSecret } from '../postgres/installation-secret.js';
import { prepareDatabase, prepareRoles, type DatabaseUrls } from '../postgres/roles.js';
import type { Settings } from '../config/config.js';
import { createLog } from '../telemetry/log.js';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { keysOf } from '../vault/keys.js';
import { startApp, waitUntilReady } from './app-process.js';
import { claimDataDir } from './data-dir.js';
import { demoFile, prepareDemo } from './demo.js';
import { launcherEnvironment } from './launcher-environment.js';
import { RunningParts } from './running-parts.js';
import { startSandboxServers, type StartedSandbox } from './sandbox-process.js';

/** Starts everything, in the order it needs, and resolves when people can sign in. Ends the process when a part ends. */
export async function launch(given: Environment): Promise<void> {
  const parts = new RunningParts();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void parts.stopAndExit(0));
  try {
    await startParts(given, parts);
  } catch (error) {
    await parts.stop();
    // Stopping on purpose makes whatever was still starting fail; that is nobody's news.
    if (!parts.isLeaving) throw error;
  }
}

async function startParts(given: Environment, parts: RunningParts): Promise<void> {
  const env = await launcherEnvironment(given);
  const settings = loadSettings(env);
  claimDataDir(settings.dataDir);
  const { dataDir, publicUrl: appUrl } = settings;
  const [urls, sandbox] = await Promise.all([
    startDatabase(env['DATABASE_URL'], settings, parts),
    settings.sandbox ? startSandboxServers({ dataDir: join(dataDir, 'sandbox'), port: settings.sandboxPort, appUrl }, parts) : undefined,
  ]);
  const { DATABASE_URL: _ownersOnly, ...inherited } = env;
  const app: ChildProcess = startApp(
    {
      ...inherited,
      ...sandbox?.environment,
      ...(sandbox && { COUNTERSIGN_DEMO_FILE: demoFile(dataDir) }),
      SANDBOX: settings.sandbox ? 'on' : 'off',
      COUNTERSIGN_APP_DATABASE_URL: urls.appUrl,
      COUNTERSIGN_SCHEDULER_DATABASE_URL: urls.schedulerUrl,
    },
    parts,
  );
  const health = `${settings.edge.tls ? 'https' : 'http'}://127.0.0.1:${settings.port}/health`;
  await waitUntilReady(`${health}/live`, app);
  if (sandbox && !parts.isLeaving) await prepareDemo(settings, urls, sandbox, app.pid ?? 0);
  await waitUntilReady(`${health}/ready`, app);
  if (!parts.isLeaving) sayWhere(settings.publicUrl, sandbox);
}

/** The last words of a start, so that nothing comes between a person and the address. */
function sayWhere(publicUrl: string, sandbox: StartedSandbox | undefined): void {
  if (sandbox) {
    console.log('\nThis is the sandbox: invented vendors, open to this machine only.');
    for (const [key, url] of Object.entries(sandbox.urls))
      if (!['identity', 'mailbox'].includes(key)) console.log(`  What ${key} holds: ${url}`);
    console.log(`  E-mails arrive at: ${sandbox.urls['mailbox'] ?? ''}`);
  }
  console.log(`\nCountersign is ready: ${publicUrl}`);
  if (sandbox) console.log(`Sign in as ${sandbox.tenant.ownerEmail}, with Google, Microsoft or an e-mail code.\n`);
}

async function startDatabase(databaseUrl: string | undefined, settings: Settings, parts: RunningParts): Promise<DatabaseUrls> {
  const serverUrl = databaseUrl ?? (await startOwnServer(settings, parts));
  const ownerUrl = await prepareRoles(serverUrl);
  // Loaded here because nothing else in this process needs the ORM, and the server can start meanwhile.
  const { migrate } = await import('../../database/migrate.js');
  try {
    await migrate(ownerUrl);
  } catch (error) {
    throw new OneSentenceError(`The database could not be brought up to date: ${(error as Error).message}`);
  }
  return await prepareDatabase(serverUrl, await installationSecret(ownerUrl, keysOf(settings)));
}

async function startOwnServer(settings: Settings, parts: RunningParts): Promise<string> {
  const { dataDir, backup, logLevel, sandbox } = settings;
  const log = createLog({ level: logLevel, role: 'launcher', readable: sandbox });
  const database = createLog({ level: logLevel, role: 'database', readable: sandbox });
  const server = await startEmbeddedPostgres({
    dataDir,
    archive: backup.at !== undefined,
    // Its checkpoints and starts are of interest to few; what it warns of is to all.
    said: (line) => database[/\b(WARNING|ERROR|FATAL|PANIC): /.test(line) ? 'warn' : 'debug'](line),
  });
  const schedule = backup.at === undefined ? undefined : new BackupSchedule(server.running, backup, keysOf(settings), log);
  schedule?.start();
  const stop = async (): Promise<void> => {
    await server.stop();
    // A stopping server finishes its log; what it left in the spool goes along.
    await schedule?.stop();
  };
  parts.add({ order: 'last', died: server.died, stop });
  return server.ownerUrl;
}
