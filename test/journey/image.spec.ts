import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../../src/platform/process/free-port.js';
import { findSystemUser, isReachableFor, isRoot } from '../../src/platform/process/unprivileged-user.js';
import { productionPackages } from '../support/production-packages.js';

/** What lies below a folder, links neither named nor followed. */
function within(folder: string): { path: string; isFolder: boolean }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (lstatSync(path).isSymbolicLink()) return [];
    return entry.isDirectory() ? [{ path, isFolder: true }, ...within(path)] : [{ path, isFolder: false }];
  });
}

/** What an image needs to start live: a key, an address, somebody who speaks TLS before it, and a mail server. */
const LIVE = {
  COUNTERSIGN_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  PUBLIC_URL: 'https://billing.msp.example',
  TRUSTED_PROXIES: 'loopback',
  SMTP_URL: 'smtps://mail.msp.example',
  MAIL_FROM: 'billing@msp.example',
};

/** A link to each package that the image installs; what only tools and the sandbox need is not there. */
function lendProductionPackages(folder: string): void {
  const installed = productionPackages(JSON.parse(readFileSync('package-lock.json', 'utf8')));
  for (const path of installed) {
    if (path.lastIndexOf('node_modules/') > 0 || !existsSync(path)) continue;
    const link = join(folder, path.slice('node_modules/'.length));
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve(path), link);
  }
}

it('installs no file of the sandbox: neither its folder nor a package that only it needs', () => {
  const installed = productionPackages(JSON.parse(readFileSync('package-lock.json', 'utf8')));
  const { dependencies } = JSON.parse(readFileSync('sandbox/package.json', 'utf8')) as { dependencies: Record<string, string> };
  const shared = Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object }).dependencies);
  const own = Object.keys(dependencies).filter((name) => !shared.includes(name));
  expect(own).toEqual(expect.arrayContaining(['postal-mime', 'smtp-server']));
  for (const name of [...own, 'countersign-sandbox']) expect(installed).not.toContain(`node_modules/${name}`);
  expect(installed).toContain('node_modules/express');
  const dockerfile = readFileSync('deploy/Dockerfile', 'utf8');
  expect(dockerfile).toContain('npm ci --omit=dev --workspaces=false');
  expect(dockerfile).not.toMatch(/^COPY .*sandbox/m);
  expect(readFileSync('deploy/Dockerfile.dockerignore', 'utf8')).not.toMatch(/^!sandbox/m);
});

/** The steps of deploy/Dockerfile's last stage, since there is no engine to run it: what it copies, read-only, as an account without rights. */
it('runs from a folder it cannot write to, as an account without rights, with only DATA_DIR and a scratch folder of its own', async () => {
  const place = mkdtempSync(join(tmpdir(), 'countersign-image-'));
  const app = join(place, 'app');
  const [dataDir, scratch] = [join(place, 'data'), join(place, 'tmp')];
  for (const folder of [app, dataDir, scratch]) mkdirSync(folder);
  const copies = [
    ...readFileSync('deploy/Dockerfile', 'utf8').matchAll(/^COPY --from=(?:build|packages) \/srv\/countersign\/(\S+) \S+$/gm),
  ].map(([, name = '']) => name);
  expect(copies).toEqual(['package.json', 'node_modules', 'dist', 'migrations', 'templates', 'src/web/assets']);
  // Dependencies are not copied, only lent by links: whatever changes modes below must never come near them.
  for (const name of copies.filter((one) => one !== 'node_modules')) cpSync(name, join(app, name), { recursive: true });
  lendProductionPackages(join(app, 'node_modules'));
  const before = within(app);
  for (const { path, isFolder } of before) chmodSync(path, isFolder ? 0o555 : 0o444);
  chmodSync(app, 0o555);
  chmodSync(place, 0o755);
  const node = resolve('node_modules/node/bin/node');
  const nobody = isRoot() ? findSystemUser(['nobody']) : undefined;
  const user = nobody && isReachableFor(nobody, node) ? nobody : undefined;
  if (user) for (const folder of [dataDir, scratch]) chownSync(folder, user.uid, user.gid);
  const [entry = ''] = (JSON.parse(/^ENTRYPOINT (.*)$/m.exec(readFileSync('deploy/Dockerfile', 'utf8'))?.[1] ?? '[]') as string[]).slice(1);
  const env = {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'production',
    ...LIVE,
    DATA_DIR: dataDir,
    TMPDIR: scratch,
    PORT: String(await freePort()),
  };
  const child = spawn(node, [entry], { cwd: app, env, ...user });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once('close', done));
  try {
    const deadline = performance.now() + 580_000;
    while (performance.now() < deadline && child.exitCode === null && !said.includes('is ready'))
      await new Promise((wait) => setTimeout(wait, 50));
    expect(said).toContain(`Countersign is ready: ${LIVE.PUBLIC_URL}`);
    // The health check as the image runs it.
    const check = (JSON.parse(/CMD (\[.*\])$/m.exec(readFileSync('deploy/Dockerfile', 'utf8'))?.[1] ?? '[]') as string[]).slice(1);
    expect(spawnSync(node, check, { env: { PORT: env.PORT } }).status).toBe(0);
    expect(spawnSync(node, check, { env: { PORT: '1' } }).status).toBe(1);
    if (user) expect(statSync(join(dataDir, 'postgres')).uid).toBe(user.uid);
    expect(existsSync(join(dataDir, 'demo.json'))).toBe(false);
    expect(within(app)).toEqual(before);
    child.kill('SIGTERM');
    expect(await ended, said).toBe(0);
  } finally {
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
    chmodSync(app, 0o755);
    for (const { path } of before.filter(({ isFolder }) => isFolder)) chmodSync(path, 0o755);
    rmSync(place, { recursive: true, force: true });
  }
});
