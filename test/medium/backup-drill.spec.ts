/** Goal: what was committed can be had back to the second, from files that open for nobody without the key. Real servers, real disks. */
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyRing } from '../../src/platform/config/key-ring.js';
import { BackupSchedule, backUp } from '../../src/platform/postgres/backup/backups.js';
import { listBackups, newestBackup, newestOfAnybody } from '../../src/platform/postgres/backup/backup-folder.js';
import { readBackup } from '../../src/platform/postgres/backup/read-backup.js';
import { restore } from '../../src/platform/postgres/backup/restore.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { fixedKeys, keysOf } from '../../src/platform/vault/keys.js';
import { nextWal } from '../../src/platform/postgres/backup/wal-names.js';

const place = mkdtempSync(join(tmpdir(), 'countersign-drill-'));
const dir = join(place, 'backups');
const ring = (...ids: string[]): KeyRing => {
  const keys = ids.map((id) => ({ id, bytes: createHash('sha256').update(`drill ${id}`).digest() }));
  return { current: keys[0] ?? { id: '', bytes: Buffer.alloc(0) }, byId: new Map(keys.map((key) => [key.id, key])) };
};
const keys = ring('k1');
const settings = { dir, keep: 7, at: undefined };
const silent = { info: () => undefined, error: (_facts: unknown, words?: string) => void failures.push(words ?? '') };
const failures: string[] = [];
let server: EmbeddedPostgres;
let backup: string;
let middle: Date;
let atMiddle: number;
let atEnd: number;

const sum = async (client: pg.Client): Promise<{ rows: number; hash: string }> => {
  const { rows } = await client.query<{ rows: number; hash: string }>(
    "select count(*)::int as rows, md5(coalesce(string_agg(n || ':' || words, ',' order by n), '')) as hash from kept",
  );
  return rows[0] ?? { rows: -1, hash: '' };
};

async function walSealed(patienceMs = 100_000): Promise<void> {
  const schedule = new BackupSchedule(server.running, settings, fixedKeys(keys), silent);
  await withClient(server.superuserUrl, (client) => client.query('select pg_switch_wal()'));
  const current = await withClient(server.superuserUrl, async (client) => {
    const { rows } = await client.query<{ wal: string }>('select pg_walfile_name(pg_current_wal_insert_lsn()) as wal');
    return rows[0]?.wal ?? '';
  });
  const deadline = performance.now() + patienceMs;
  const newest = (): string =>
    readdirSync(join(dir, 'wal', server.running.lineage))
      .toSorted()
      .at(-1) ?? '';
  do {
    await schedule.stop();
    await after(100);
  } while (performance.now() < deadline && nextWal(newest()) < current);
}

beforeAll(async () => {
  server = await startEmbeddedPostgres({ dataDir: join(place, 'old'), archive: true });
  await withClient(server.superuserUrl, async (client) => {
    await client.query('create table kept (n int primary key, words text)');
    await client.query('insert into kept select n, md5(n::text) from generate_series(1, 20000) n');
    await client.query("create table secret_words as select 'plain words of a client' as words");
    let writing = true;
    let next = 20_001;
    const writer = withClient(server.superuserUrl, async (other) => {
      while (writing)
        await other.query('insert into kept select n, md5(n::text) from generate_series($1::int, $1::int + 9) n', [(next += 10)]);
    });
    await after(100);
    backup = (await backUp(server.running, settings, keys)).file;
    writing = false;
    await writer;
    await client.query("insert into kept values (-1, 'before')");
    await after(50);
    middle = (await client.query<{ at: Date }>('select clock_timestamp() as at')).rows[0]?.at ?? new Date(0);
    await after(50);
    atMiddle = (await sum(client)).rows;
    await client.query('delete from kept where n % 2 = 0');
    await client.query("insert into kept values (-2, 'after')");
    for (const n of [-3, -4, -5])
      await client.query("insert into kept values ($1, 'more')", [n]).then(() => client.query('select pg_switch_wal()'));
    atEnd = (await sum(client)).rows;
  });
  await walSealed();
});

afterAll(async () => {
  await server.stop();
  rmSync(place, { recursive: true, force: true });
});

async function restored<T>(to: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const again = await startEmbeddedPostgres({ dataDir: to, archive: true });
  try {
    expect(again.running.lineage).not.toBe(server.running.lineage);
    return await withClient(again.superuserUrl, work);
  } finally {
    await again.stop();
  }
}

describe('the restore drill', () => {
  it('brings back the moment before the mistake', async () => {
    const to = join(place, 'to-the-moment');
    const { lastCommit } = await restore({ from: backup, to, until: middle, keys });
    const found = await restored(to, async (client) => ({
      ...(await sum(client)),
      last: (await client.query('select from kept where n = -2')).rowCount,
    }));
    expect(found).toMatchObject({ rows: atMiddle, last: 0 });
    expect(lastCommit === undefined || lastCommit <= middle).toBe(true);
  });

  it('brings back everything that was archived', async () => {
    const to = join(place, 'to-the-end');
    await restore({ from: backup, to, keys });
    expect(await restored(to, sum)).toMatchObject({ rows: atEnd });
  });

  it('brings back a copy alone, to its own end, while others wrote to it', async () => {
    const alone = join(place, 'alone');
    cpSync(backup, join(alone, 'countersign-20260101T000000Z-00000000.backup'));
    const to = join(place, 'to-the-copy');
    await restore({ from: join(alone, 'countersign-20260101T000000Z-00000000.backup'), to, keys });
    const { rows } = await restored(to, sum);
    expect(rows).toBeGreaterThan(20_000);
    expect(rows).toBeLessThan(atMiddle);
  });

  it('says so when the log does not reach the moment, and leaves nothing', async () => {
    const to = join(place, 'too-far');
    await expect(restore({ from: backup, to, until: new Date(Date.now() + 3_600_000), keys })).rejects.toThrow(
      /^The archived log ends before /,
    );
    expect(existsSync(join(to, 'postgres'))).toBe(false);
    await expect(restore({ from: backup, to, until: new Date(0), keys })).rejects.toThrow(/begun after that moment/);
  });

  it('refuses to skip a hole in the log', async () => {
    const holed = join(place, 'holed');
    cpSync(dir, holed, { recursive: true });
    const wal = join(holed, 'wal', server.running.lineage);
    const names = readdirSync(wal).toSorted();
    expect(names.length).toBeGreaterThan(2);
    rmSync(join(wal, names.at(-2) ?? ''));
    const from = join(holed, readdirSync(holed).find((name) => name.endsWith('.backup')) ?? '');
    await expect(restore({ from, to: join(place, 'over-the-hole'), keys })).rejects.toThrow(/is missing .* restore to a moment before it/);
  });

  it('goes into an empty folder only', async () => {
    await expect(restore({ from: backup, to: join(place, 'old'), keys })).rejects.toThrow(/is not empty/);
  });
});

describe('a backup file', () => {
  const changed = (change: (bytes: Buffer) => Buffer): string => {
    const file = join(place, `changed-${randomBytes(4).toString('hex')}.backup`);
    writeFileSync(file, change(readFileSync(backup)));
    return file;
  };
  const flip = (bytes: Buffer, at: number): Buffer => {
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };

  it('opens to its last byte with the key, also behind a newer one', async () => {
    expect((await readBackup(backup, ring('k2', 'k1'))).files.length).toBeGreaterThan(900);
  });

  it('shows nothing of what is in it and nobody else may read it', () => {
    const bytes = readFileSync(backup);
    for (const words of ['plain words of a client', 'PG_VERSION', server.running.superuserPassword])
      expect(bytes.includes(words)).toBe(false);
    if (process.platform !== 'win32') expect(statSync(backup).mode & 0o077).toBe(0);
  });

  it('is refused with another key of the same name, and without the key', async () => {
    const wrong: KeyRing = { current: { id: 'k1', bytes: randomBytes(32) }, byId: new Map([['k1', { id: 'k1', bytes: randomBytes(32) }]]) };
    await expect(readBackup(backup, wrong)).rejects.toThrow(/does not open/);
    await expect(readBackup(backup, ring('k9'))).rejects.toThrow(/sealed with the key "k1", which the key ring does not hold/);
  });

  it('is refused with any byte flipped: header, first part, middle, last', async () => {
    const { size } = statSync(backup);
    const places = [30, 300, 70_000, Math.floor(size / 2), size - 17, size - 1];
    for (const at of places)
      await expect(
        readBackup(
          changed((bytes) => flip(bytes, at)),
          keys,
        ),
        `byte ${at}`,
      ).rejects.toThrow(/does not open|no backup/);
    await expect(restore({ from: changed((bytes) => flip(bytes, 400_000)), to: join(place, 'flipped'), keys })).rejects.toThrow(
      /does not open/,
    );
    expect(existsSync(join(place, 'flipped', 'postgres'))).toBe(false);
  });

  it('is refused when cut at the end of a part, reordered, or longer', async () => {
    const bytes = readFileSync(backup);
    const start = 10 + bytes.readUInt32BE(6);
    const part = 65_536 + 16;
    const cut = changed((all) => all.subarray(0, start + 3 * part));
    const swapped = changed((all) =>
      Buffer.concat([
        all.subarray(0, start),
        all.subarray(start + part, start + 2 * part),
        all.subarray(start, start + part),
        all.subarray(start + 2 * part),
      ]),
    );
    const longer = changed((all) => Buffer.concat([all, Buffer.alloc(16)]));
    for (const file of [cut, swapped, longer]) await expect(readBackup(file, keys)).rejects.toThrow(/does not open/);
  });
});

describe('keeping', () => {
  it('lets the oldest go with its log, never the last good one, and leaves what it cannot read', async () => {
    const other = join(place, 'few');
    const few = { dir: other, keep: 2, at: undefined };
    const made: string[] = [];
    for (let round = 0; round < 3; round += 1) made.push((await backUp(server.running, few, keys)).file);
    writeFileSync(join(other, 'countersign-20200101T000000Z-00000000.backup'), 'not one');
    const left = (await listBackups(other)).map(({ file }) => file);
    expect(left).toContain(join(other, 'countersign-20200101T000000Z-00000000.backup'));
    expect(left).not.toContain(made[0]);
    expect(left).toEqual(expect.arrayContaining(made.slice(1)));
  });

  it('knows of copies that other tools make', async () => {
    const theirs = join(place, 'theirs');
    expect(await newestOfAnybody(theirs)).toBeUndefined();
    cpSync(backup, join(theirs, 'countersign-20200101T010203Z-00000000.backup'));
    expect(await newestOfAnybody(theirs)).toEqual(new Date('2020-01-01T01:02:03Z'));
    writeFileSync(join(theirs, 'last-backup'), '');
    expect((await newestOfAnybody(theirs))?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(await newestBackup(theirs)).toEqual(new Date('2020-01-01T01:02:03Z'));
  });

  it('keeps all of them when the new one could not be made', async () => {
    const before = await listBackups(dir);
    await expect(backUp({ ...server.running, cluster: join(place, 'nowhere') }, { ...settings, keep: 1 }, keys)).rejects.toThrow();
    expect(await listBackups(dir)).toEqual(before);
    expect(readdirSync(dir).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('makes the daily one when it is due, once, and says what went wrong', async () => {
    const own = join(place, 'daily');
    const said: string[] = [];
    const log = { info: (_facts: unknown, words?: string) => void said.push(words ?? ''), error: silent.error };
    const run = async (running = server.running): Promise<void> => {
      const schedule = new BackupSchedule(running, { dir: own, keep: 7, at: '02:30' }, fixedKeys(keys), log);
      schedule.start();
      await schedule.stop();
    };
    await run();
    await run();
    expect(said).toEqual(['A backup was made and read back.']);
    expect(await listBackups(own)).toHaveLength(1);
    rmSync(own, { recursive: true });
    await run({ ...server.running, cluster: join(place, 'nowhere') });
    expect(failures).toEqual(
      expect.arrayContaining([expect.stringMatching(/^No backup could be made/), expect.stringMatching(/^The log could not be archived/)]),
    );
  });

  it('makes the next one under the new key when the ring was rotated meanwhile', async () => {
    const own = join(place, 'rotated');
    const keysFile = join(place, 'keys');
    const write = (...rings: KeyRing[]) =>
      writeFileSync(keysFile, rings.map(({ current }) => `${current.id}:${current.bytes.toString('base64')}`).join(','));
    write(keys);
    const file = keysOf({ keys, keysFile });
    const schedule = new BackupSchedule(server.running, { dir: own, keep: 7, at: '02:30' }, file, silent);
    const run = async (): Promise<(string | undefined)[]> => {
      schedule.start();
      await schedule.stop();
      return (await listBackups(own)).map(({ header }) => header?.keyId);
    };
    expect(await run()).toEqual(['k1']);
    const [name = ''] = readdirSync(own).filter((one) => one.endsWith('.backup'));
    renameSync(join(own, name), join(own, 'countersign-20200101T010203Z-00000000.backup'));
    write(ring('k2'), keys);
    file.reread();
    expect(await run()).toEqual(['k1', 'k2']);
  });
});
