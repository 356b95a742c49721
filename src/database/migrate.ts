import { PgBoss } from 'pg-boss';
import { DataSource, MigrationExecutor, type MigrationInterface, type QueryRunner } from 'typeorm';
import { withClient } from '../platform/postgres/roles.js';
import { AppliedFiles } from './applied-files.js';
import { DEAD_LETTERS, QUEUES } from './queues.js';
import { migrationName, MIGRATIONS_FOLDER, readMigrationFiles, type MigrationFiles, type SqlFile } from './migration-files.js';
import { applyFunctions, checkBodies, dropFunctions } from './repeatable-functions.js';

/** Any number, as long as every migrator takes the same. */
const MIGRATION_LOCK = 4_207_712;

/**
 * Brings the database to the shape this version needs: functions and tables, then the job queues. Runs as the owner, before any
 * process of the app; the app itself has no right to change a table.
 * @param folder another one than our own only where the migrator itself is tested
 */
export async function migrate(ownerUrl: string, folder = MIGRATIONS_FOLDER): Promise<void> {
  const files = await readMigrationFiles(folder);
  await withClient(ownerUrl, async (lock) => {
    // Two launchers that start together would grant on the same tables at the same moment. Ends with the connection.
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await applyFiles(ownerUrl, files);
    await prepareQueues(ownerUrl);
    await lock.query('select grant_limited()');
  });
}

/** All in one transaction: whatever fails leaves the database as the version before needs it. */
async function applyFiles(ownerUrl: string, files: MigrationFiles): Promise<void> {
  const applied: { files?: AppliedFiles } = {};
  const dataSource = new DataSource({
    type: 'postgres',
    url: ownerUrl,
    migrations: files.tables.map((file) => sqlMigration(file, async () => await applied.files?.note(file, null))),
    migrationsTableName: 'migration',
  });
  await dataSource.initialize();
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    applied.files = await AppliedFiles.read(runner);
    await applied.files.refuseOtherHistory(files);
    const functions = await applyFunctions(runner, files.functions, applied.files);
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'none';
    const tables = await executor.executePendingMigrations();
    await dropFunctions(runner, functions.retired);
    if (functions.any || tables.length > 0) await checkBodies(runner, applied.files.functions());
    await runner.query('select grant_keeper()');
    await runner.commitTransaction();
  } finally {
    // What was not committed goes with the connection.
    await runner.release();
    await dataSource.destroy();
  }
}

function sqlMigration(file: SqlFile, note: () => Promise<void>): new () => MigrationInterface {
  return class implements MigrationInterface {
    name = migrationName(file);

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(file.text);
      await note();
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
