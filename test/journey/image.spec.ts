import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { findSystemUser, isReachableFor, isRoot } from '../../src/platform/process/unprivileged-user.js';

/** What lies below a folder, links neither named nor followed. */
function within(folder: string): { path: string; isFolder: boolean }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (lstatSync(path).isSymbolicLink()) return [];
    return entry.isDirectory() ? [{ path, isFolder: true }, ...within(path)] : [{ path, isFolder: false }];
  });
}

/** The steps of deploy/Dockerfile's last stage, since there is no engine to run it: what it copies, read-only, as an account without rights. */
it('runs from a folder it cannot write to, as an account without rights, with only DATA_DIR and a scratch folder of its own', async () => {
  const place = mkdtempSync(join(tmpdir(), 'countersign-image-'));
  const app = join(place, 'app');
  const [dataDir, scratch] = [join(place, 'data'), join(place, 'tmp')];
  for (const folder of [app, dataDir, scratch]) mkdirSync(folder);
  const copies = [...readFileSync('deploy/Dockerfile', 'utf8').matchAll(/^COPY --from=build \/srv\/countersign\/(\S+) \S+$/gm)].map(
    ([, name = '']) => name,
  );
  expect(copies).toEqual(['package.json', 'node_modules', 'dist', 'migrations', 'templates', 'src/web/assets']);
  // Dependencies are not copied, only lent by a link: whatever changes modes below must never come near them.
  for (const name of copies.filter((one) => one !== 'node_modules')) cpSync(name, join(app, name), { recursive: true });
  const before = within(app);
  for (const { path, isFolder } of before) chmodSync(path, isFolder ? 0o555 : 0o444);
  symlinkSync(resolve('node_modules'), join(app, 'node_modules'));
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
    SANDBOX: 'on',
    DATA_DIR: dataDir,
    TMPDIR: scratch,
    PORT: '0',
    SANDBOX_PORT: '0',
  };
  const child = spawn(node, [entry], { cwd: app, env, ...user });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once('close', done));
  try {
    const deadline = performance.now() + 580_000;
    while (performance.now() < deadline && child.exitCode === null && !said.includes('is ready'))
      await new Promise((wait) => setTimeout(wait, 50));
    const url = /Countersign is ready: (\S+)/.exec(said)?.[1];
    expect(url, said).toBeDefined();
    // The health check as the image runs it.
    const check = (JSON.parse(/CMD (\[.*\])$/m.exec(readFileSync('deploy/Dockerfile', 'utf8'))?.[1] ?? '[]') as string[]).slice(1);
    const { port } = new URL(url ?? '');
    expect(spawnSync(node, check, { env: { PORT: port } }).status).toBe(0);
    expect(spawnSync(node, check, { env: { PORT: '1' } }).status).toBe(1);
    if (user) expect(statSync(join(dataDir, 'demo.json')).uid).toBe(user.uid);
    expect(within(app)).toEqual(before);
    child.kill('SIGTERM');
    expect(await ended, said).toBe(0);
  } finally {
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
    chmodSync(app, 0o755);
    unlinkSync(join(app, 'node_modules'));
    for (const { path } of before.filter(({ isFolder }) => isFolder)) chmodSync(path, 0o755);
    rmSync(place, { recursive: true, force: true });
  }
});
