import type { QueryRunner } from 'typeorm';
import { DEFINER_ROLE, KEEPER_ROLE } from '../platform/postgres/roles.js';
import { OneSentenceError } from '../platform/process/one-sentence-error.js';
import type { AppliedFiles } from './applied-files.js';
import type { SqlFile } from './migration-files.js';

/** The result or the names of the arguments are other ones: PostgreSQL replaces such a function only after it was dropped. */
const OTHER_SIGNATURE = '42P13';

export interface FunctionsApplied {
  /** Whether any text was run. */
  any: boolean;
  /** Functions to be dropped after the tables, when no policy and no trigger uses them any more. */
  retired: readonly string[];
}

/**
 * Makes the functions whose text has changed, before the tables, so that policies, triggers and columns find theirs. A body may
 * speak of tables that are not there yet: bodies are looked at afterwards (`checkBodies`), and no function needs to wait for another.
 */
export async function applyFunctions(runner: QueryRunner, files: readonly SqlFile[], applied: AppliedFiles): Promise<FunctionsApplied> {
  const retired = await applied.forgetOrphans(files);
  const changed = files.filter((file) => applied.of(file)?.sha256 !== file.sha256);
  if (changed.length > 0) {
    await runner.query('set local check_function_bodies = off');
    // An owner without SUPERUSER can hand a function only to a role that may make things in the schema; after that it may not.
    await runner.query(`grant usage, create on schema public to ${DEFINER_ROLE}, ${KEEPER_ROLE}`);
    for (const file of changed) retired.push(...(await replace(runner, file, applied)));
    await runner.query(`revoke create on schema public from ${DEFINER_ROLE}`);
    await runner.query('set local check_function_bodies = on');
  }
  return { any: changed.length + retired.length > 0, retired };
}

/** @returns the function that the file made before, if it makes another one now */
async function replace(runner: QueryRunner, file: SqlFile, applied: AppliedFiles): Promise<string[]> {
  const before = applied.of(file)?.makes ?? undefined;
  await make(runner, file, before);
  const made = await signatureOf(runner, file, before);
  await applied.note(file, made);
  return before === undefined || before === made ? [] : [before];
}

async function make(runner: QueryRunner, file: SqlFile, before: string | undefined): Promise<void> {
  await runner.query('savepoint one_function');
  try {
    await runner.query(file.text);
  } catch (error) {
    if (before === undefined || (error as { code?: string }).code !== OTHER_SIGNATURE)
      throw named(`migrations/${file.path} does not apply`, error);
    await runner.query('rollback to savepoint one_function');
    try {
      await runner.query(`drop function if exists ${before}`);
      await runner.query(file.text);
    } catch (again) {
      throw named(`migrations/${file.path} does not apply`, again);
    }
  }
  await runner.query('release savepoint one_function');
}

/** The one function that the file has made: named like it, and not the one from before when there are both. */
async function signatureOf(runner: QueryRunner, { path, name }: SqlFile, before: string | undefined): Promise<string> {
  const rows = (await runner.query(
    `select oid::regprocedure::text as signature from pg_proc where pronamespace = 'public'::regnamespace and proname = $1`,
    [name],
  )) as { signature: string }[];
  const all = rows.map(({ signature }) => signature);
  const fresh = all.length === 1 ? all : all.filter((signature) => signature !== before);
  const [made] = fresh;
  if (made !== undefined && fresh.length === 1) return made;
  throw new OneSentenceError(
    `migrations/${path} is to make one function, and named like the file: there are ${fresh.length} named ${name}.`,
  );
}

export async function dropFunctions(runner: QueryRunner, retired: readonly string[]): Promise<void> {
  for (const signature of retired) {
    await runner.query(`drop function if exists ${signature}`).catch((error: unknown) => {
      throw named(`The function ${signature} is in migrations/functions no more and cannot be dropped`, error);
    });
  }
}

/** What the tables have changed under the functions' feet is found now, in the same transaction, and not by somebody's click. */
export async function checkBodies(runner: QueryRunner, signatures: readonly string[]): Promise<void> {
  const rows = (await runner.query(
    `select p.oid::text as oid, p.oid::regprocedure::text as signature, l.lanvalidator::regproc::text as validator
       from pg_proc p join pg_language l on l.oid = p.prolang where p.oid = any($1::text[]::regprocedure[]) and l.lanvalidator <> 0 order by 2`,
    [signatures],
  )) as { oid: string; signature: string; validator: string }[];
  for (const { oid, signature, validator } of rows) {
    await runner.query(`select ${validator}($1::oid)`, [oid]).catch((error: unknown) => {
      throw named(`The function ${signature} does not fit the tables`, error);
    });
  }
}

function named(what: string, error: unknown): OneSentenceError {
  return new OneSentenceError(`${what}: ${error instanceof Error ? error.message : String(error)}.`);
}
