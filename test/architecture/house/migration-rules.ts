import { basename } from 'node:path';
import { GLOBAL_TABLES } from './catalogue-lists.js';
import type { SourceFile } from './source-files.js';

const NAMED = /^\d{13}-[a-z]+(-[a-z]+)*\.sql$/;

/** Files that the migrator would pass over, or take in an order that nobody meant. */
export function namingProblems(files: readonly SourceFile[]): string[] {
  const names = files.map(({ path }) => basename(path));
  const stamps = names.filter((name) => NAMED.test(name)).map((name) => name.slice(0, 13));
  return [
    ...names.filter((name) => !NAMED.test(name)).map((name) => `${name} is not named like 1763683200001-foundation.sql`),
    ...stamps.filter((stamp, index) => stamps.indexOf(stamp) !== index).map((stamp) => `two migrations have the time ${stamp}`),
  ];
}

/** A table is born whole: its policy, its FORCE and its rights stand in the file that creates it, so that no version lacks them. */
export function birthProblems({ path, text }: SourceFile): string[] {
  const sql = text.replaceAll(/--.*$/gm, '').replaceAll(/\s+/g, ' ').toLowerCase();
  return [...sql.matchAll(/create table (?:if not exists )?(\w+)\b(?! partition of)/g)]
    .map(([, table]) => table ?? '')
    .filter((table) => !table.endsWith('_'))
    .flatMap((table) => missingFor(table, sql).map((missing) => `${basename(path)} creates ${table} without ${missing}`));
}

function missingFor(table: string, sql: string): string[] {
  if (table in GLOBAL_TABLES) return [];
  const wanted: readonly (readonly [RegExp, string])[] = [
    [new RegExp(`alter table ${table} enable row level security`), 'enabling row level security'],
    [new RegExp(`alter table ${table} force row level security`), 'forcing row level security'],
    [new RegExp(`create policy tenant_isolation on ${table} using`), 'its policy'],
    [new RegExp(`grant [a-z, ]+ on (\\w+, )*${table}(, \\w+)* to countersign_app`), 'rights for the app'],
  ];
  return wanted.filter(([pattern]) => !pattern.test(sql)).map(([, missing]) => missing);
}
