/** Goal: a data folder of an older PostgreSQL becomes one of ours with every row as it was, or stays as it is. Two real servers. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATOR_COMMANDS } from '../../src/platform/launcher/operator-commands.js';
import { programsIn, upgradeDatabase } from '../../src/platform/launcher/upgrade-database.js';
import { copyDatabase } from '../../src/platform/postgres/backup/copy-database.js';
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { findPostgresPrograms } from '../../src/platform/postgres/postgres-programs.js';
import { prepareDatabase, withClient } from '../../src/platform/postgres/roles.js';
import { findSystemUser, isRoot } from '../../src/platform/process/unprivileged-user.js';
import { migrate } from '../../src/database/migrate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTenant } from '../support/tenant.js';
import { testKey } from '../support/test-key.js';

/** Values that a careless copy would change: many figures, bytes, instants to the microsecond, quotes, the other sides of the clock. */
const fill = async (client: pg.Client, tenantId: string): Promise<void> => {
  await client.query('begin');
  await client.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
  await client.query(`update tenant_settings set name = E'O''Brien "\\\\" & Söhne 🧾' where tenant_id = $1`, [tenantId]);
  await client.query(
    "update brand set logo = '\\x00ff10', logo_type = 'image/png', data = '{\"a\": 1.10, \"b\": [null]}' where tenant_id = $1",
    [tenantId],
  );
  await client.query(
    `insert into lease (tenant_id, name, holder, until)
     select $1, 'lease ' || n, gen_random_uuid(), timestamptz '2026-11-27 10:00:00.123456+00' + n * interval '1 second' from generate_series(1, 1203) n`,
    [tenantId],
  );
  await client.query('commit');
};

describe('upgrade-db', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'countersign-upgrade-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('moves every row into the new server, keeps the old folder, and the roles can sign in', async () => {
    const before = await startEmbeddedPostgres({ dataDir, fsync: false });
    const { ownerUrl } = await prepareDatabase(before.superuserUrl, testKey);
    await migrate(ownerUrl);
    const tenantId = await createTenant(ownerUrl, 'Old');
    await withClient(ownerUrl, (client) => fill(client, tenantId));
    await before.stop();
    // The programs are of one major; what is older is where the folder says it is.
    renameSync(join(dataDir, 'postgres', '18'), join(dataDir, 'postgres', '17'));
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(/holds the data of PostgreSQL 17.*upgrade-db/);
    const programs = await findPostgresPrograms(isRoot() ? findSystemUser(['postgres', 'nobody']) : undefined);
    const result = await upgradeDatabase(dataDir, programs);
    expect(result.rows).toBeGreaterThan(1_200);
    expect(existsSync(join(dataDir, 'postgres', '17', 'PG_VERSION'))).toBe(true);
    expect(existsSync(join(dataDir, 'upgrade'))).toBe(false);
    const after = await startEmbeddedPostgres({ dataDir, fsync: false });
    try {
      const { appUrl } = await prepareDatabase(after.superuserUrl, testKey);
      await withClient(appUrl, async (client) => {
        await client.query("select set_config('app.tenant_id', $1, false)", [tenantId]);
        const { rows } = await client.query(
          'select name, logo, (select count(*)::int from lease) as leases from tenant_settings join brand using (tenant_id)',
        );
        expect(rows).toEqual([{ name: 'O\'Brien "\\" & Söhne 🧾', logo: Buffer.from([0, 255, 16]), leases: 1_203 }]);
        const { rows: last } = await client.query("select to_char(until, 'US') as micros from lease limit 1");
        expect(last).toEqual([{ micros: '123456' }]);
      });
    } finally {
      await after.stop();
    }
  }, 300_000);

  it('says when there is nothing to upgrade and when the programs are not there', async () => {
    expect(() => programsIn(dataDir)).toThrow(/There is no .*postgres: name the folder above "bin"/);
    const programs = await findPostgresPrograms(undefined);
    await expect(upgradeDatabase(join(dataDir, 'empty'), programs)).rejects.toThrow(/there is nothing to upgrade/);
    // As a command, on a machine that was never given the key ring: nothing that is sealed is opened here.
    mkdirSync(join(dataDir, 'older', 'bin'), { recursive: true });
    writeFileSync(join(dataDir, 'older', 'bin', 'postgres'), '');
    const upgrade = OPERATOR_COMMANDS['upgrade-db']?.(
      ['--old-programs', join(dataDir, 'older')],
      { DATA_DIR: join(dataDir, 'empty') },
      () => undefined,
    );
    await expect(upgrade).rejects.toThrow(/there is nothing to upgrade/);
  });
});

describe('the copy', () => {
  let from: TestDatabase;
  let to: TestDatabase;
  let tenantId: string;
  beforeAll(async () => {
    [from, to] = [await createTestDatabase(), await createTestDatabase()];
    tenantId = await createTenant(from.ownerUrl, 'From');
  });
  afterAll(async () => {
    await from.drop();
    await to.drop();
  });
  const copy = () => withClient(from.ownerUrl, (source) => withClient(to.ownerUrl, (target) => copyDatabase(source, target)));
  const tenants = async (): Promise<number> =>
    await withClient(to.ownerUrl, async (client) => (await client.query('select from tenant')).rowCount ?? 0);

  it('is refused as a whole when one value arrives changed', async () => {
    await withClient(to.ownerUrl, (client) =>
      client.query(`create function bend() returns trigger language plpgsql as $$ begin new.time_zone := 'UTC'; return new; end $$;
        create trigger bend before insert on tenant_settings for each row execute function bend();
        alter table tenant_settings enable always trigger bend`),
    );
    await expect(copy()).rejects.toThrow(/^public\.tenant_settings did not arrive as it was/);
    expect(await tenants()).toBe(0);
    await withClient(to.ownerUrl, (client) => client.query('drop function bend cascade'));
  });

  it('is refused between databases of another shape', async () => {
    await withClient(from.ownerUrl, (client) => client.query('create table added (n int)'));
    await expect(copy()).rejects.toThrow(/do not have the same tables \(public\.added\(n\)\)/);
    await withClient(from.ownerUrl, (client) => client.query('drop table added'));
  });

  it('makes the partitions that time has made meanwhile', async () => {
    for (const { ownerUrl } of [from, to])
      await withClient(ownerUrl, (client) => client.query('create table by_day (tenant_id uuid, day date) partition by range (day)'));
    await withClient(from.ownerUrl, async (client) => {
      await client.query("create table by_day_1 partition of by_day for values from ('2026-01-01') to ('2026-02-01')");
      await client.query("insert into by_day values ($1, '2026-01-05')", [tenantId]);
    });
    const copied = await copy();
    expect(copied).toContainEqual({ table: 'public.by_day', rows: 1 });
    expect(await tenants()).toBe(1);
  });
});
