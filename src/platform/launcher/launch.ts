import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Environment } from '../config/config.js';
import { loadSettings } from '../config/load-settings.js';
import { BackupSchedule } from '../postgres/backup/backups.js';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.js';
import type { Settings } from '../config/config.js';
import { createLog } from '../telemetry/log.js';
import { isRoot } from '../process/unprivileged-user.js';
import { removeLeftBehind } from '../process/temporary-folder.js';
import { keysOf } from '../vault/keys.js';
import { appAccount, compileCacheOf } from './app-account.js';
import { startApp, waitUntilReady } from './app-process.js';
import { claimDataDir } from './data-dir.js';
import { demoFile, prepareDemo } from './demo.js';
import { bringUpToDate, handedOver, type ReadyDatabase } from './bring-up-to-date.js';
import { launcherEnvironment } from './launcher-environment.js';
import { RunningParts } from './running-parts.js';
import { startSandboxServers, type StartedSandbox } from './sandbox-process.js';
import { startWatchedApp, WATCHED_READY_PATIENCE_MS } from './watched-app.js';

/**
 * Starts everything, in the order it needs, and resolves when people can sign in. Ends the process when a part ends.
 * @param watch whether the app is compiled and started anew with every saved source
 */
export async function launch(given: Environment, watch = false): Promise<void> {
  const parts = new RunningParts();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void parts.stopAndExit(0));
  try {
    await startParts(given, parts, watch);
  } catch (error) {
    await parts.stop();
    // Stopping on purpose makes whatever was still starting fail; that is nobody's news.
    if (!parts.isLeaving) throw error;
  }
}

async function startParts(given: Environment, parts: RunningParts, watch: boolean): Promise<void> {
  const env = await launcherEnvironment(given);
  const settings = loadSettings(env);
  claimDataDir(settings.dataDir);
  const { dataDir, publicUrl: appUrl } = settings;
  // What killed processes left; ours alone could not remove what belongs to an account of its own.
  for (const purpose of ['browser', 'initdb', 'postgres']) removeLeftBehind(purpose);
  const [urls, sandbox] = await Promise.all([
    startDatabase(env, settings, parts),
    settings.sandbox ? startSandboxServers({ dataDir: join(dataDir, 'sandbox'), port: settings.sandboxPort, appUrl }, parts) : undefined,
  ]);
  const app: ChildProcess = startAppAs(
    {
      ...withoutOwner(env),
      ...sandbox?.environment,
      // A watched app has another process id after every change, so it cannot look for its own in that file.
      ...(sandbox && !watch && { COUNTERSIGN_DEMO_FILE: demoFile(dataDir) }),
      SANDBOX: settings.sandbox ? 'on' : 'off',
      COUNTERSIGN_APP_DATABASE_URL: urls.appUrl,
      COUNTERSIGN_SCHEDULER_DATABASE_URL: urls.schedulerUrl,
    },
    settings,
    { secretsHere: urls.ownerUrl !== undefined, watch },
    parts,
  );
  const health = `${settings.edge.tls ? 'https' : 'http'}://127.0.0.1:${settings.port}/health`;
  await waitUntilReady(`${health}/live`, app, watch ? WATCHED_READY_PATIENCE_MS : undefined);
  const { ownerUrl } = urls;
  if (sandbox && ownerUrl !== undefined && !parts.isLeaving) await prepareDemo(settings, { ...urls, ownerUrl }, sandbox, app.pid ?? 0);
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

/** Neither the owner's address nor where it is written: the app has no use for it. */
function withoutOwner({ DATABASE_URL: _url, DATABASE_URL_FILE: _file, ...others }: Environment): Environment {
  return others;
}

/** @param secretsHere whether this process knows the password of the database's owner */
function startAppAs(
  env: Environment,
  settings: Settings,
  { secretsHere, watch }: { secretsHere: boolean; watch: boolean },
  parts: RunningParts,
): ChildProcess {
  // The watcher writes what it compiles beside the sources, so it is who we are.
  if (watch) return startWatchedApp({ ...env, COUNTERSIGN_SHARED_ACCOUNT: 'it is started anew with every saved source' }, parts);
  const account = appAccount(settings, env);
  if ('user' in account) {
    const cache = compileCacheOf(account.user, env['NODE_COMPILE_CACHE']);
    return startApp({ ...env, HOME: settings.dataDir, ...(cache !== undefined && { NODE_COMPILE_CACHE: cache }) }, parts, account.user);
  }
  if (!secretsHere && !isRoot()) return startApp(env, parts);
  return startApp({ ...env, COUNTERSIGN_SHARED_ACCOUNT: account.sharedBecause }, parts);
}

async function startDatabase(env: Environment, settings: Settings, parts: RunningParts): Promise<ReadyDatabase> {
  const ready = handedOver(env);
  return ready ?? (await bringUpToDate(env['DATABASE_URL'] ?? (await startOwnServer(settings, parts)), keysOf(settings)));
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
  return server.superuserUrl;
}
