import { chmodSync, chownSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Settings } from '../config/config.js';
import { isReachableFor, isRoot } from '../process/unprivileged-user.js';
import { appAccount, compileCacheOf } from './app-account.js';

const stranger = { uid: 65_531, gid: 65_531 };
const here = fileURLToPath(import.meta.url);
let place: string;
let dataDir: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'countersign-account-'));
  chmodSync(place, 0o755);
  dataDir = join(place, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const settings = (over: Partial<Settings> = {}): Settings =>
  ({
    dataDir,
    port: 3_000,
    edge: { tls: undefined },
    backup: { at: undefined, dir: join(dataDir, 'backups') },
    ...over,
  }) as Partial<Settings> as Settings;
const reason = (over: Partial<Settings> = {}): string => {
  const account = appAccount(settings(over), {});
  return 'user' in account ? '' : account.sharedBecause;
};

describe.runIf(isRoot() && isReachableFor(stranger, here) && isReachableFor(stranger, process.execPath))('the account of the app', () => {
  it('is one of its own, may make files in DATA_DIR, and owns what it wrote before', () => {
    mkdirSync(join(dataDir, 'exports', 'tenant'), { recursive: true });
    writeFileSync(join(dataDir, 'exports', 'tenant', 'a.zip'), '');
    mkdirSync(join(dataDir, 'postgres'));
    expect(appAccount(settings({ backup: { at: '02:30', dir: join(dataDir, 'backups'), keep: 7 } }), {})).toEqual({ user: stranger });
    expect(statSync(dataDir)).toMatchObject({ uid: 0, gid: stranger.gid });
    expect(statSync(dataDir).mode & 0o7777).toBe(0o1770);
    expect(statSync(join(dataDir, 'exports', 'tenant', 'a.zip')).uid).toBe(stranger.uid);
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(0);
    expect(statSync(join(dataDir, 'backups'))).toMatchObject({ uid: 0, gid: stranger.gid });
    expect(statSync(join(dataDir, 'backups')).mode & 0o777).toBe(0o750);
  });

  it('is given nothing of ours by a link that was planted in its folders', () => {
    const ours = join(place, 'ours');
    writeFileSync(ours, 'a password');
    mkdirSync(join(dataDir, 'exports'));
    symlinkSync(ours, join(dataDir, 'exports', 'soft'));
    linkSync(ours, join(dataDir, 'exports', 'hard'));
    expect(reason()).toBe('');
    expect(statSync(ours).uid).toBe(0);
  });

  it.each<[string, () => Partial<Settings>, RegExp]>([
    ['DATA_DIR lies in a closed folder', () => (chmodSync(place, 0o700), {}), /cannot get to /],
    ['DATA_DIR is somebody’s', () => (chownSync(dataDir, 4_711, 4_711), {}), /belongs to the account 4711/],
    [
      'a key file is closed to it',
      () => (writeFileSync(join(place, 'k'), '', { mode: 0o600 }), { keysFile: join(place, 'k') }),
      /cannot read .*k$/,
    ],
    [
      'a certificate is closed to it',
      () => {
        writeFileSync(join(place, 'c'), '', { mode: 0o600 });
        return { edge: { tls: { certFile: join(place, 'c'), keyFile: here, redirectPort: undefined } } } as Partial<Settings>;
      },
      /cannot read .*c$/,
    ],
  ])('stays ours, with the reason, where %s', (_where, prepare, said) => {
    expect(reason(prepare())).toMatch(said);
  });

  it('keeps its compiled code apart from ours', () => {
    const folder = compileCacheOf(stranger, join(place, 'cache')) ?? '';
    expect(folder).toBe(join(place, 'cache-app'));
    expect(statSync(folder).uid).toBe(stranger.uid);
    expect(compileCacheOf(stranger, undefined)).toBeUndefined();
  });
});
