import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PgBoss } from 'pg-boss';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { whileFunctionsAreHandedOver, withClient } from '../platform/postgres/roles.js';
import { DEAD_LETTERS, QUEUES } from './queues.js';

/** Any number, as long as every migrator takes the same. */
const MIGRATION_LOCK = 4_207_712;
const FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url));

/**
 * Brings the database to the shape this version needs: the SQL files in order, then the job queues. Runs as the owner,
 * before any process of the app; the app itself has no right to change a table.
 */
export async function migrate(ownerUrl: string): Promise<void> {
  await withClient(ownerUrl, async (lock) => {
    // Two launchers that start together would grant on the same tables at the same moment. Ends with the connection.
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await whileFunctionsAreHandedOver(ownerUrl, () => migrateAlone(ownerUrl));
  });
}

async function migrateAlone(ownerUrl: string): Promise<void> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: ownerUrl,
    migrations: await migrationClasses(),
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
  });
  await dataSource.initialize();
  try {
    await dataSource.runMigrations();
    await dataSource.query('select grant_keeper()');
  } finally {
    await dataSource.destroy();
  }
  await prepareQueues(ownerUrl);
  await withClient(ownerUrl, (owner) => owner.query('select grant_limited()'));
}

/** `1763683200001-foundation.sql` becomes the TypeORM migration `foundation1763683200001`. */
async function migrationClasses(): Promise<(new () => MigrationInterface)[]> {
  const files = (await readdir(FOLDER)).filter((file) => /^\d{13}-[a-z-]+\.sql$/.test(file)).toSorted();
  if (files.length === 0) throw new Error(`No migrations found in ${FOLDER}`);
  return await Promise.all(files.map(async (file) => sqlMigration(file, await readFile(join(FOLDER, file), 'utf8'))));
}

function sqlMigration(file: string, sql: string): new () => MigrationInterface {
  const [timestamp, ...words] = basename(file, '.sql').split('-');
  const name = `${words.join('_')}${timestamp ?? ''}`;
  return class implements MigrationInterface {
    name = name;

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(sql);
    }

    async down(): Promise<void> {
      throw new Error('Migrations only go forward; restore a backup to go back.');
    }
  };
}

async function prepareQueues(ownerUrl: string): Promise<void> {
  const boss = new PgBoss({ connectionString: ownerUrl, supervise: false, schedule: false, max: 2 });
  boss.on('error', () => undefined);
  await boss.start();
  try {
    const existing = new Set((await boss.getQueues()).map((queue) => queue.name));
    if (!existing.has(DEAD_LETTERS)) await boss.createQueue(DEAD_LETTERS);
    for (const [name, options] of Object.entries(QUEUES)) {
      if (existing.has(name)) await boss.updateQueue(name, { ...options, deadLetter: DEAD_LETTERS });
      else await boss.createQueue(name, { ...options, deadLetter: DEAD_LETTERS });
    }
    const grants = [
      'grant usage on schema pgboss to countersign_app',
      'grant select, insert, update, delete on all tables in schema pgboss to countersign_app',
      'grant execute on all functions in schema pgboss to countersign_app',
    ];
    for (const grant of grants) await boss.getDb().executeSql(grant);
  } finally {
    await boss.stop({ graceful: false });
  }
}
