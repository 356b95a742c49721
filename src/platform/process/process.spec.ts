import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedProgram } from './program-cache.js';
import { commandOf, isAlive, stopChild, waitUntilGone } from './running-process.js';
import { findSystemUser, isReachableFor } from './unprivileged-user.js';

const onPosix = process.platform !== 'win32';
const stranger = { uid: 54_321, gid: 54_321 };
let folder: string;
const usual = process.env['TMPDIR'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-process-'));
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
});
afterEach(() => {
  if (usual === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = usual;
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(onPosix)('a cached program', () => {
  it('is filled once, also when two processes need it at the same time', async () => {
    let fills = 0;
    const fill = async (draft: string): Promise<void> => {
      fills += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      writeFileSync(join(draft, 'program'), String(fills));
    };
    const [one, two] = await Promise.all([cachedProgram('p', undefined, fill), cachedProgram('p', undefined, fill)]);
    expect(one).toBe(two);
    await cachedProgram('p', undefined, fill);
    expect(fills).toBe(2);
    expect(readdirSync(join(one, '..'))).toEqual(['p']);
  });

  it('leaves nothing behind when it cannot be filled', async () => {
    await expect(cachedProgram('p', undefined, () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
    expect(readdirSync(join(folder, readdirSync(folder)[0] ?? ''))).toEqual([]);
  });

  it('is not taken from a folder that others can write to', async () => {
    const root = join(folder, `countersign-programs-${process.getuid?.()}`);
    mkdirSync(join(root, 'p'), { recursive: true });
    writeFileSync(join(root, 'p', '.complete'), '');
    chmodSync(root, 0o777);
    const found = await cachedProgram('planted-test', undefined, async (draft) => writeFileSync(join(draft, 'program'), 'ours'));
    expect(found.startsWith(root)).toBe(false);
    rmSync(found, { recursive: true });
  });

  it('lies where the account that runs it may go', async () => {
    chmodSync(folder, 0o700);
    const found = await cachedProgram('reach-test', stranger, async (draft) => writeFileSync(join(draft, 'program'), 'ours'));
    expect(isReachableFor(stranger, join(found, 'program'))).toBe(true);
    rmSync(found, { recursive: true });
  });
});

describe.runIf(onPosix)('an account', () => {
  it('reaches what every folder on the way lets it', () => {
    mkdirSync(join(folder, 'closed', 'open'), { recursive: true });
    expect(isReachableFor(stranger, join(folder, 'closed', 'open', 'file'))).toBe(true);
    chmodSync(join(folder, 'closed'), 0o750);
    expect(isReachableFor(stranger, join(folder, 'closed', 'open', 'file'))).toBe(false);
  });

  it('is the first that exists', () => {
    expect(findSystemUser(['no-such-account', 'root'])).toEqual({ uid: 0, gid: 0 });
    expect(findSystemUser(['no-such-account'])).toBeUndefined();
  });
});

describe.runIf(onPosix)('a process', () => {
  it('that does not listen is ended all the same', async () => {
    const script = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)";
    const child = spawn(process.execPath, ['--eval', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(commandOf(child.pid ?? 0)).toContain('--eval');
    await stopChild(child, 'SIGTERM', 50);
    expect(child.signalCode).toBe('SIGKILL');
    expect(isAlive(child.pid ?? 0)).toBe(false);
    expect(commandOf(child.pid ?? 0)).toBe('');
  });

  it('that never started or has ended needs no stopping', async () => {
    const child = spawn(join(folder, 'nothing'));
    child.on('error', () => {});
    await stopChild(child, 'SIGTERM', 50);
    expect(existsSync(join(folder, 'nothing'))).toBe(false);
  });

  it('is waited for as long as patience lasts', async () => {
    await expect(waitUntilGone(process.pid, 60)).resolves.toBe(false);
    await expect(waitUntilGone(999_999_999, 60)).resolves.toBe(true);
  });
});
