import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ownerBehind, withClient } from '../../src/platform/postgres/roles.js';
import { isReachableFor, isRoot } from '../../src/platform/process/unprivileged-user.js';
import { ownServerUrl } from '../../src/platform/postgres/own-server-url.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { plantInstallationSecret } from '../support/installation-secret.js';
import { launch, launchStart, untilReady, type Launched } from '../support/launched.js';

// Only root can start somebody else, and only on Linux are environments read as files.
const separates = isRoot() && process.platform === 'linux';
const anybody = { uid: 65_531, gid: 65_531 };
const reachable = separates && isReachableFor(anybody, fileURLToPath(import.meta.url));
const folders: string[] = [];
const running: Launched[] = [];

afterEach(async () => {
  for (const launched of running.splice(0)) await launched.stop();
});
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

async function started(env: Record<string, string>, below = ''): Promise<{ url: string; app: number; launcher: number; dataDir: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-accounts-'));
  const dataDir = join(folder, below);
  folders.push(folder);
  const launched = launchStart({ DATA_DIR: dataDir, ...env });
  running.push(launched);
  const url = await untilReady(launched);
  const { pids } = JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as { pids: { app: number } };
  return { url, app: pids.app, launcher: launched.child.pid ?? 0, dataDir };
}

/** A database whose installation keeps the roles' passwords as they are: other specs are connected to the same server. */
async function sharedServer(): Promise<{ database: TestDatabase; keys: { COUNTERSIGN_KEYS: string } }> {
  const database = await createTestDatabase();
  const key = { id: 'k1', bytes: randomBytes(32) };
  await plantInstallationSecret(database.ownerUrl, key);
  return { database, keys: { COUNTERSIGN_KEYS: `${key.id}:${key.bytes.toString('base64')}` } };
}

const uidOf = (pid: number): number => Number.parseInt(/^Uid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0', 10);
const environmentOf = (pid: number): string => readFileSync(`/proc/${pid}/environ`, 'utf8');
/** What somebody who has taken the app over gets to see of a file. */
const readAs = (uid: number, file: string): string => {
  const { stdout, stderr } = spawnSync('cat', [file], { uid, gid: uid, encoding: 'utf8' });
  return stdout === '' ? stderr : stdout;
};
const sentenceOf = async (url: string): Promise<string> =>
  ((await (await fetch(`${url}/health`)).json()) as { parts: { account: { sentence: string } } }).parts.account.sentence;

describe.runIf(reachable)('the app, started as root', () => {
  it('runs as an account that cannot read the password of the embedded database, nor what the launcher knows', async () => {
    const { url, app, launcher, dataDir } = await started({});
    const uid = uidOf(app);
    expect(uid).toBeGreaterThan(0);
    const password = join(dataDir, 'postgres', 'superuser-password');
    expect(readAs(0, password)).toMatch(/^[\w-]{40,}\n$/);
    for (const file of [password, `/proc/${launcher}/environ`, `/proc/${launcher}/mem`, join(dataDir, 'postgres', '18', 'PG_VERSION')])
      expect(readAs(uid, file), file).toMatch(/Permission denied/);
    const owner = ownServerUrl(dataDir) ?? '';
    for (const secret of [readFileSync(password, 'utf8').trim(), new URL(owner).password, 'countersign_owner', 'countersign_superuser'])
      expect(environmentOf(app)).not.toContain(secret);
    expect(await sentenceOf(url)).toContain('cannot read the password');
    const { rows } = await withClient(owner, (client) =>
      client.query<{ name: string; super: boolean; bypass: boolean }>(
        `select rolname as name, rolsuper as super, rolbypassrls as bypass from pg_roles where oid = (select relowner from pg_class where oid = 'invoice'::regclass)`,
      ),
    );
    expect(rows).toEqual([{ name: 'countersign_owner', super: false, bypass: false }]);
    // It may make files of its own beside those of others, and touch none of theirs.
    const take = spawnSync('mv', [join(dataDir, 'postgres'), join(dataDir, 'mine')], { uid, gid: uid, encoding: 'utf8' });
    expect(take.stderr).toMatch(/not permitted|Permission denied/);
  }, 180_000);

  it('is not told of a server of your own who owns it there', async () => {
    const { database, keys } = await sharedServer();
    const { app, url } = await started({ ...keys, DATABASE_URL: database.ownerUrl, SANDBOX: 'on' });
    expect(environmentOf(app)).toContain('COUNTERSIGN_APP_DATABASE_URL=');
    const secrets = [database.ownerUrl, ownerBehind(new URL(database.ownerUrl))].map((one) => new URL(one).password);
    for (const secret of secrets) expect(environmentOf(app)).not.toContain(secret);
    expect(environmentOf(app)).not.toMatch(/(^|\0)DATABASE_URL/);
    expect(await sentenceOf(url)).toContain('cannot read the password');
    for (const launched of running.splice(0)) await launched.stop();
    await database.drop();
  }, 180_000);
});

it('starts where no owner is known, on what "prepare-database" has written', async () => {
  const { database, keys } = await sharedServer();
  const folder = mkdtempSync(join(tmpdir(), 'countersign-handover-'));
  folders.push(folder);
  const prepared = launch(['scripts/run.mjs', 'dist/cli.js', 'prepare-database', '--to', folder], {
    ...keys,
    DATABASE_URL: database.ownerUrl,
  });
  expect(await prepared.ended, prepared.output()).toBe(0);
  const [app, scheduler] = ['app_database_url', 'scheduler_database_url'].map((name) => join(folder, name));
  expect(statSync(app ?? '').mode & 0o777).toBe(0o400);
  const live = launchStart({
    ...keys,
    DATA_DIR: join(folder, 'data'),
    PUBLIC_URL: 'https://billing.example',
    TRUSTED_PROXIES: 'loopback',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'billing@example.com',
    COUNTERSIGN_APP_DATABASE_URL_FILE: app ?? '',
    COUNTERSIGN_SCHEDULER_DATABASE_URL_FILE: scheduler ?? '',
  });
  running.push(live);
  // Live without having been told: what was handed over is a real database.
  expect(await untilReady(live)).toBe('https://billing.example');
  if (process.platform === 'linux') expect(environmentOf(live.child.pid ?? 0)).not.toContain(new URL(database.ownerUrl).password);
  expect(live.output()).not.toContain('This is the sandbox');
  await live.stop();
  await database.drop();
}, 180_000);

describe.runIf(separates)('where the app cannot have an account of its own', () => {
  it('is said in health, with the reason', async () => {
    // The folder above is open to nobody else, as a home folder often is.
    const { url, app } = await started({}, 'data');
    expect(uidOf(app)).toBe(0);
    expect(await sentenceOf(url)).toMatch(/under the account that knows the password .*cannot (get to|read)/);
  }, 180_000);
});
