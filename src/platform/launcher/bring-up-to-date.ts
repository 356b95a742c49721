import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../config/config.js';
import { isSet } from '../config/load-settings.js';
import { installationSecret } from '../postgres/installation-secret.js';
import { prepareDatabase, prepareRoles, type DatabaseUrls } from '../postgres/roles.js';
import { OneSentenceError } from '../process/one-sentence-error.js';
import type { Keys } from '../vault/keys.js';

/** What the app signs in with; the owner's address only where this process had to have it. */
export type ReadyDatabase = Omit<DatabaseUrls, 'ownerUrl'> & { ownerUrl?: string };

/** Makes roles and tables what this version needs. */
export async function bringUpToDate(serverUrl: string, keys: Keys): Promise<DatabaseUrls> {
  const ownerUrl = await prepareRoles(serverUrl);
  // Loaded here because nothing else in this process needs the ORM, and the server can start meanwhile.
  const { migrate } = await import('../../database/migrate.js');
  try {
    await migrate(ownerUrl);
  } catch (error) {
    throw new OneSentenceError(`The database could not be brought up to date: ${(error as Error).message}`);
  }
  return await prepareDatabase(serverUrl, await installationSecret(ownerUrl, keys));
}

/** A database that "prepare-database" has made ready: then nothing here knows the owner's password. */
export function handedOver(env: Environment): ReadyDatabase | undefined {
  const { COUNTERSIGN_APP_DATABASE_URL: appUrl, COUNTERSIGN_SCHEDULER_DATABASE_URL: schedulerUrl, DATABASE_URL: ownerUrl } = env;
  if (!isSet(appUrl) || !isSet(schedulerUrl)) return undefined;
  if (isSet(ownerUrl))
    throw new OneSentenceError(
      'Set DATABASE_URL, or the two addresses that "prepare-database" has written, not both: the app needs no owner.',
    );
  return { appUrl, schedulerUrl };
}

/** Writes what the app signs in with, readable by this account alone, each file whole or not at all. */
export function writeAddresses({ appUrl, schedulerUrl }: DatabaseUrls, folder: string): void {
  const files = { app_database_url: appUrl, scheduler_database_url: schedulerUrl };
  for (const [name, url] of Object.entries(files)) {
    const draft = join(folder, `${name}.new`);
    writeFileSync(draft, `${url}\n`, { mode: 0o400 });
    chmodSync(draft, 0o400);
    renameSync(draft, join(folder, name));
  }
}
