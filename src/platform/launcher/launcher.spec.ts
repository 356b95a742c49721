import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseKeyRing } from '../config/key-ring.js';
import { claimDataDir } from './data-dir.js';
import { launcherEnvironment } from './launcher-environment.js';
import { RunningParts } from './running-parts.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'countersign-launcher-'));

describe("the launcher's environment", () => {
  it('in the sandbox has a strong key of its own that stays and only we can read', async () => {
    const dataDir = join(folder(), 'data');
    const first = await launcherEnvironment({ PORT: '0', DATA_DIR: dataDir });
    const file = first['COUNTERSIGN_KEYS_FILE'] ?? '';
    const text = readFileSync(file, 'utf8');
    expect(parseKeyRing(text, 'KEYS')).toMatchObject({ current: { id: 'k1' } });
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    await launcherEnvironment({ PORT: '0', DATA_DIR: dataDir });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('makes no key for a live system and none beside one that is given', async () => {
    const env = await launcherEnvironment({ PORT: '0', SANDBOX: 'off', DATA_DIR: folder() });
    expect(env).not.toHaveProperty('COUNTERSIGN_KEYS_FILE');
    const given = await launcherEnvironment({ PORT: '0', COUNTERSIGN_KEYS: 'k1:x', DATA_DIR: folder() });
    expect(given).not.toHaveProperty('COUNTERSIGN_KEYS_FILE');
  });

  it('names a free port for port 0, and says when the wanted one is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const PORT = String((server.address() as AddressInfo).port);
    await expect(launcherEnvironment({ PORT, DATA_DIR: folder() })).rejects.toThrow(`Port ${PORT} is taken: stop what listens there`);
    expect(Number.parseInt((await launcherEnvironment({ PORT: '0', DATA_DIR: folder() }))['PORT'] ?? '', 10)).toBeGreaterThan(0);
    server.close();
  });

  it('says one sentence about a DATA_DIR that cannot be', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    await expect(launcherEnvironment({ PORT: '0', DATA_DIR: file })).rejects.toThrow(/^DATA_DIR cannot be used: /);
    expect(() => claimDataDir(file)).toThrow(/^DATA_DIR cannot be used: /);
  });
});

describe('DATA_DIR', () => {
  it('may be claimed again when the one who claimed it is gone or was somebody else', () => {
    const dataDir = folder();
    claimDataDir(dataDir);
    claimDataDir(dataDir);
    for (const stale of ['999999999', '1', 'nonsense', '']) {
      writeFileSync(join(dataDir, 'launcher.pid'), stale);
      claimDataDir(dataDir);
      expect(readFileSync(join(dataDir, 'launcher.pid'), 'utf8').trim()).toBe(String(process.pid));
    }
  });
});

describe('the running parts', () => {
  it('stop in order, each after the one before it', async () => {
    const stopped: string[] = [];
    const parts = new RunningParts();
    for (const order of ['last', 'first', 'second'] as const) {
      const stop = async (): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, order === 'first' ? 20 : 1));
        stopped.push(order);
      };
      parts.add({ order, died: new Promise(() => {}), stop });
    }
    await Promise.all([parts.stop(), parts.stop()]);
    expect(stopped).toEqual(['first', 'second', 'last']);
  });

  it('stop at once what is added after the end began', async () => {
    const parts = new RunningParts();
    await parts.stop();
    let stops = 0;
    parts.add({ order: 'last', died: new Promise(() => {}), stop: async () => void (stops += 1) });
    expect(stops).toBe(1);
  });
});
