import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
const usual = process.env['TMPDIR'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-scratch-'));
  process.env['TMPDIR'] = folder;
});
afterEach(() => {
  if (usual === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = usual;
  rmSync(folder, { recursive: true, force: true });
});

const source = new URL('temporary-folder.ts', import.meta.url).href;
/** Another process that makes a folder and says where. */
async function other(then: string): Promise<{ path: string; kill: () => Promise<void>; ended: Promise<void> }> {
  const script = `import { temporaryFolder } from ${JSON.stringify(source)};
    const made = temporaryFolder('browser'); console.log(made.path); ${then}`;
  const hooks = `import { registerHooks } from 'node:module';
    registerHooks({ resolve: (name, context, next) => next(context.parentURL?.endsWith('.ts') ? name.replace(/\\.js$/, '.ts') : name, context) });`;
  const { NODE_OPTIONS: _tests, ...env } = process.env;
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`, '--input-type=module', '--eval', script],
    {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const path = await new Promise<string>((done) => child.stdout.once('data', (chunk: Buffer) => done(chunk.toString().trim())));
  return {
    path,
    ended,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe.runIf(process.platform === 'linux')('a scratch folder', () => {
  it('of a killed process goes with the next one, and that of a running one stays', async () => {
    const [killed, running] = [await other('setInterval(() => {}, 1000)'), await other('setInterval(() => {}, 1000)')];
    await killed.kill();
    expect(existsSync(killed.path)).toBe(true);
    const mine = temporaryFolder('browser');
    expect(existsSync(killed.path)).toBe(false);
    expect([running.path, mine.path].map((path) => existsSync(path))).toEqual([true, true]);
    mine.remove();
    expect(existsSync(mine.path)).toBe(false);
    await running.kill();
  }, 60_000);

  it('goes when its process ends by itself, failing or not', async () => {
    const leaving = await other('setTimeout(() => process.exit(3), 50)');
    await leaving.ended;
    expect(existsSync(leaving.path)).toBe(false);
  }, 60_000);

  it('of an earlier process with our own number goes, too', () => {
    const stale = join(folder, `countersign-browser-${process.pid}-1-abcdef`);
    mkdirSync(stale);
    const first = temporaryFolder('browser');
    const second = temporaryFolder('browser');
    expect(existsSync(stale)).toBe(false);
    expect(readdirSync(folder)).toHaveLength(2);
    first.remove();
    second.remove();
  });

  it('that is none of ours is left alone', () => {
    mkdirSync(join(folder, 'countersign-initdb-999999999-1-x'));
    mkdirSync(join(folder, 'target'));
    writeFileSync(join(folder, 'target', 'kept'), '');
    symlinkSync(join(folder, 'target'), join(folder, 'countersign-browser-999999999-1-link'));
    temporaryFolder('browser').remove();
    expect(existsSync(join(folder, 'target', 'kept'))).toBe(true);
    expect(existsSync(join(folder, 'countersign-initdb-999999999-1-x'))).toBe(true);
  });
});
