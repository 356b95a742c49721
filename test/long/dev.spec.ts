import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { isAlive } from '../../src/platform/process/running-process.js';
import { launch, type Launched } from '../support/launched.js';

// A checkout of its own: what is saved in it must not make others build anew.
const place = mkdtempSync(join(tmpdir(), 'countersign-dev-'));
const dataDir = join(place, 'data');
let dev: Launched | undefined;

afterAll(async () => {
  await dev?.stop();
  rmSync(place, { recursive: true, force: true });
});

const pids = (): { app: number; sandbox: number } =>
  (JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as { pids: { app: number; sandbox: number } }).pids;
const database = (): string => readFileSync(join(dataDir, 'postgres', '18', 'postmaster.pid'), 'utf8').split('\n')[0] ?? '';

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 600_000; !(await what()); await setTimeout(200))
    if (performance.now() > deadline) throw new Error(`It did not come to that: ${dev?.output() ?? ''}`);
}

it('npm run dev starts the app anew with a saved source, and leaves the database and the sandbox alone', async () => {
  for (const name of [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'nest-cli.json',
    'scripts',
    'src',
    'migrations',
    'templates',
  ])
    cpSync(name, join(place, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(place, 'node_modules'));
  dev = launch([join(place, 'scripts', 'dev.mjs')], { DATA_DIR: dataDir, PORT: '0', SANDBOX_PORT: '0' });
  const said = dev.output;
  await until(() => /Countersign is ready: \S+/.test(said()));
  const url = /Countersign is ready: (\S+)/.exec(said())?.[1] ?? '';
  const [before, server] = [pids(), database()];
  appendFileSync(join(place, 'src', 'main.ts'), '// saved\n');
  await until(async () => pids().app !== before.app && (await fetch(`${url}/sign-in`).catch(() => undefined))?.status === 200);
  expect(isAlive(before.app)).toBe(false);
  expect([pids().sandbox, database()]).toEqual([before.sandbox, server]);
  const last = pids();
  expect(await dev.stop(), said()).toBe(0);
  expect([last.app, last.sandbox].filter(isAlive)).toEqual([]);
});
