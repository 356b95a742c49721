import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { launch, launchStart, untilReady, type Launched } from '../support/launched.js';

// The drill as an operator does it: `npm start`, the commands, a new data folder, `npm start` on that. Nothing is replaced.
const place = mkdtempSync(join(tmpdir(), 'countersign-operator-'));
const dataDir = join(place, 'data');
const backups = join(place, 'backups');
const own = { DATA_DIR: dataDir, BACKUP_DIR: backups };
const running = new Set<Launched>();

async function start(env: Record<string, string> = {}): Promise<Launched & { url: string }> {
  const launched = launchStart({ ...own, ...env });
  running.add(launched);
  void launched.ended.then(() => running.delete(launched));
  return { ...launched, url: await untilReady(launched) };
}

async function cli(args: string[], env: Record<string, string> = {}): Promise<string> {
  const { ended, output } = launch(['dist/cli.js', ...args], { ...own, ...env });
  const code = await ended;
  return `${code}: ${output()}`;
}

const stop = async (launched: Launched): Promise<void> => {
  expect(await launched.stop()).toBe(0);
};

afterEach(async () => {
  for (const launched of running) await launched.stop();
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe('an operator', () => {
  it('backs up, restores into a new folder and starts on it', async () => {
    const first = await start({ BACKUP_AT: '02:30' });
    const { apiKeys } = JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as { apiKeys: Record<string, string> };
    const ask = async (url: string): Promise<number> =>
      (await fetch(`${url}/api/v1/invoices?limit=1`, { headers: { authorization: `Bearer ${apiKeys['owner'] ?? ''}` } })).status;
    expect(await ask(first.url)).toBe(200);
    expect(await cli(['backup'])).toMatch(/^0: .*\.backup\nMade and read back in \d+ ms/s);
    await stop(first);
    // Stopping takes the end of the log along, so nothing that was committed is missing.
    const [lineage = ''] = readdirSync(join(backups, 'wal'));
    expect(readdirSync(join(backups, 'wal', lineage)).length).toBeGreaterThan(0);
    expect(await cli(['list-backups', '--verify'])).toMatch(/^0: \S+Z +\d+ MB {2}whole \(\d+ files\) /);
    const from = join(
      backups,
      readdirSync(backups)
        .filter((name) => name.endsWith('.backup'))
        .toSorted()
        .at(-1) ?? '',
    );
    const to = join(place, 'restored');
    const wrong = {
      COUNTERSIGN_KEYS: `k1:${Buffer.from('0f1e2d3c4b5a69788796a5b4c3d2e1f000112233445566778899aabbccddeeff', 'hex').toString('base64')}`,
    };
    expect(await cli(['restore', '--from', from, '--to', to], wrong)).toMatch(/^1: .* does not open: it was changed or cut short, or/s);
    expect(existsSync(join(to, 'postgres'))).toBe(false);
    expect(await cli(['restore', '--from', from, '--to', to])).toMatch(/^0: Restored into \S+ in \d+ ms; /);
    const again = await start({ DATA_DIR: to, COUNTERSIGN_KEYS_FILE: join(dataDir, 'keys') });
    expect(await ask(again.url)).toBe(200);
    await stop(again);
  });

  it('is told in one sentence what a command lacks', async () => {
    expect(await cli(['restore', '--from', 'x'])).toMatch(/^1: --from and --to are needed\./);
    expect(await cli(['restore', '--from', 'x', '--to', 'y', '--until', 'noon'])).toBe(
      '1: --until is a moment like 2026-11-27T10:00:00Z.\n',
    );
    expect(await cli(['backup'], { DATA_DIR: join(place, 'nothing'), COUNTERSIGN_KEYS_FILE: join(dataDir, 'keys') })).toMatch(
      /^1: There is no database of ours in /,
    );
    expect(await cli(['backup'], { DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/c' })).toMatch(
      /^1: DATABASE_URL names a server of your own: /,
    );
    // As in a container, where secrets are named by their files.
    const file = join(place, 'database_url');
    writeFileSync(file, 'postgresql://a:b@127.0.0.1:1/c\n');
    const refused = ['create-tenant', '--name', 'Lumen IT', '--owner-email', 'owner@lumen.example'];
    expect(await cli(refused, { DATABASE_URL_FILE: file })).toMatch(/^1: connect ECONNREFUSED 127\.0\.0\.1:1\n/);
    expect(await cli(refused, { DATABASE_URL_FILE: `${file}-gone` })).toMatch(/^1: DATABASE_URL_FILE cannot be read: ENOENT/);
    expect(await cli(['list-backups'], { BACKUP_DIR: join(place, 'none') })).toMatch(/^0: There is no backup in /);
  });
});
