import type { ClientBase } from 'pg';
import { functionProblems, viewProblems } from './catalogue-code.js';
import { keyProblems } from './catalogue-keys.js';
import { limitedProblems } from './catalogue-limited.js';
import { GLOBAL_TABLES } from './catalogue-lists.js';
import { policyProblems } from './catalogue-policies.js';
import { rightProblems, roleProblems } from './catalogue-rights.js';
import { tablesIn, type Table } from './catalogue-tables.js';

/** Everything in the database that the law of isolation does not allow, one sentence each. Reads pg_catalog only. */
export async function catalogueProblems(client: ClientBase): Promise<string[]> {
  const tables = await tablesIn(client);
  const checks = [kindProblems, policyProblems, keyProblems, rightProblems, roleProblems, limitedProblems, functionProblems, viewProblems];
  const problems: string[] = [];
  for (const check of checks) problems.push(...(await check(client, tables)));
  return problems;
}

/** What can hold rows and is no table would be outside of row level security. Enum types are not leakproof under it. */
async function kindProblems(client: ClientBase, tables: readonly Table[]): Promise<string[]> {
  const { rows: strangers } = await client.query<{ name: string; kind: string }>(`
    select relname as name, relkind as kind from pg_class
      where relnamespace = 'public'::regnamespace and relkind not in ('r', 'p', 'i', 'I', 'v', 'S', 'c', 't') order by relname`);
  const { rows: enums } = await client.query<{ name: string }>(
    "select typname as name from pg_type where typnamespace = 'public'::regnamespace and typtype = 'e' order by typname",
  );
  const missing = Object.keys(GLOBAL_TABLES).filter((name) => !tables.some((table) => table.name === name));
  return [
    ...strangers.map(({ name, kind }) => `${name} is of kind ${kind}, which row level security does not reach`),
    ...enums.map(({ name }) => `${name} is an enum type: use text with a check`),
    ...missing.map((name) => `${name} is listed as global and does not exist`),
  ];
}
