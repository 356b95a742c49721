import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { inject } from 'vitest';
import { databaseUrls, ownerBehind, restrictDatabase, withClient, type DatabaseUrls } from '../../src/platform/postgres/roles.js';
import { testKey } from './test-key.js';

/** Its `ownerUrl` is a superuser's: a test sees and plants what nobody else may. */
export interface TestDatabase extends DatabaseUrls {
  /** What the product knows as the owner: migrations and operators' commands work as this one. */
  plainOwnerUrl: string;
  drop(): Promise<void>;
}

/**
 * A fresh copy of the migrated template, for one test file. Needs the global setup `postgres-setup.ts`.
 * @param copied another database than that template, to which nobody is connected
 */
export async function createTestDatabase(copied?: string): Promise<TestDatabase> {
  const template = new URL(inject('templateUrl'));
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const maintenance = new URL(template.href);
  maintenance.pathname = '/postgres';
  await withClient(maintenance.href, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${copied ?? template.pathname.slice(1)} STRATEGY FILE_COPY`),
  );
  const own = new URL(template.href);
  own.pathname = `/${name}`;
  const urls = databaseUrls(own.href, testKey);
  await withClient(urls.ownerUrl, restrictDatabase);
  return {
    ...urls,
    plainOwnerUrl: ownerBehind(own),
    drop: async () => {
      await withClient(maintenance.href, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

export interface UnmigratedDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A database that does not exist yet, under a name that nobody else takes: for tests of what makes one. */
export function unmigratedDatabase(): UnmigratedDatabase {
  const name = `unmigrated_${process.pid}_${randomBytes(4).toString('hex')}`;
  const at = (database: string): string => {
    const url = new URL(inject('templateUrl'));
    url.pathname = `/${database}`;
    return url.href;
  };
  return {
    url: at(name),
    drop: async () => {
      await withClient(at('postgres'), (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

/** Until a transaction waits for a lock that another one holds. */
export async function someoneWaitsForLock({ ownerUrl }: DatabaseUrls): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await client.query(waits)).rowCount === 0) await setTimeout(20);
  });
}

/** Runs `work` while each deletion from the table takes so many seconds. */
export async function whileDeletingIsSlow(
  { ownerUrl }: DatabaseUrls,
  table: string,
  seconds: number,
  work: () => Promise<void>,
): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    await client.query(`create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(${seconds}); return null; end $$;
      create trigger dawdle before delete on ${table} for each statement execute function dawdle()`);
    await work();
    await client.query(`drop function dawdle cascade`);
  });
}
