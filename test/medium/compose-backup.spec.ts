/** Goal: the compose file's dumps are whole, few, for nobody else, and a try that failed is not made again at once. The script as it runs there, with programs that stand in for PostgreSQL's. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let place: string;
let folder: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'countersign-dumps-'));
  folder = join(place, 'backups');
  mkdirSync(folder);
  writeFileSync(join(place, 'password'), 'a password\n');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

/** Until the script goes to sleep for the n-th time. @returns for how long it wanted to sleep each time, and what it said */
function run(dump: string, sleeps = 1): { slept: string[]; said: string } {
  const programs = {
    pg_dump: `#!/bin/bash\necho "$PGPASSWORD" >> ${place}/passwords\nfile="\${2#--file=}"\n${dump}\n`,
    pg_restore: '#!/bin/bash\ngrep -q whole "$2"\n',
    sleep: `#!/bin/bash\necho "$1" >> ${place}/slept\n[ "$(wc -l < ${place}/slept)" -lt ${sleeps} ] || kill "$PPID"\n`,
  };
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(place, name), text, { mode: 0o755 });
  const env = { PATH: `${place}:${process.env['PATH'] ?? ''}`, BACKUP_FOLDER: folder, PASSWORD_FILE: join(place, 'password') };
  const { stderr } = spawnSync('bash', ['-eu', 'deploy/backup.sh'], { env, encoding: 'utf8', timeout: 20_000 });
  return { slept: readFileSync(join(place, 'slept'), 'utf8').trim().split('\n'), said: stderr };
}

const dumps = (): string[] => readdirSync(folder).filter((name) => name !== 'last-backup');

it('keeps seven dumps, readable for nobody else, and makes the next one in a day', () => {
  for (let day = 1; day <= 8; day += 1) {
    const file = join(folder, `countersign-2020010${day}T000000Z.dump`);
    writeFileSync(file, 'whole');
    utimesSync(file, day, day);
  }
  expect(run('echo whole > "$file"')).toEqual({ slept: ['86400'], said: '' });
  const found = dumps().toSorted();
  expect(found).toHaveLength(7);
  expect(found[0]).toContain('20200103');
  expect(statSync(join(folder, found[6] ?? '')).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'last-backup')).isFile()).toBe(true);
  expect(readFileSync(join(place, 'passwords'), 'utf8')).toBe('a password\n');
});

it.each([
  ['that cannot be made', 'exit 1'],
  ['that cannot be read back', 'echo half > "$file"'],
])('waits an hour after a dump %s, and leaves the others and no sign of one', (_how, dump) => {
  writeFileSync(join(folder, 'countersign-20200101T000000Z.dump'), 'whole');
  const { slept, said } = run(dump, 2);
  expect(slept).toEqual(['3600', '3600']);
  expect(said).toMatch(/tried again in an hour/);
  expect(dumps().filter((name) => name.endsWith('.dump'))).toEqual(['countersign-20200101T000000Z.dump']);
  expect(readdirSync(folder)).not.toContain('last-backup');
});
