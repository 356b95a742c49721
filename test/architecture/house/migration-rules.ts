import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { GLOBAL_TABLES } from './catalogue-lists.js';
import type { SourceFile } from './source-files.js';

const NAMED = /^\d{13}-[a-z]+(-[a-z]+)*\.sql$/;

/** Files that the migrator would pass over, or take in an order that nobody meant. */
export function namingProblems(files: readonly SourceFile[]): string[] {
  const names = files.map(({ path }) => basename(path));
  const stamps = names.filter((name) => NAMED.test(name)).map((name) => name.slice(0, 13));
  return [
    ...names.filter((name) => !NAMED.test(name)).map((name) => `${name} is not named like 1763683200001-platform.sql`),
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

/** A function stands in one place, in a file named like it, whose text can be run again and again. */
export function functionProblems(files: readonly SourceFile[]): string[] {
  const names = files.map(({ path }) => basename(path, '.sql'));
  return [
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} stands in two files`),
    ...files.flatMap((file) => problemsOfFunction(file).map((problem) => `${file.path} ${problem}`)),
  ];
}

function problemsOfFunction({ path, text }: SourceFile): string[] {
  if (!/^migrations\/functions\/[a-z]+\/[a-z_]+\.sql$/.test(path))
    return ['is not named like migrations/functions/identity/open_session.sql'];
  const name = basename(path, '.sql');
  const statements = text
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/\$\$.*?\$\$/gs, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
  const others = statements
    .slice(1)
    .filter((statement) => !new RegExp(`^(alter|revoke execute on|grant execute on) function ${name}\\(`).test(statement));
  return [
    ...(statements[0]?.startsWith(`create or replace function ${name}(`) === true
      ? []
      : [`does not begin with "create or replace function ${name}("`]),
    ...others.map((statement) => `says "${statement.slice(0, 40)}", which is not about the function`),
  ];
}

/** Migrations make tables; a function in one of them would be replaced by its file unseen, or the other way round. */
export function straySqlProblems({ path, text }: SourceFile): string[] {
  return /^\s*(create|create or replace|drop) (function|procedure)\b/im.test(text)
    ? [`${basename(path)} makes or drops a function: functions stand in migrations/functions, and one whose file is gone is dropped`]
    : [];
}

export interface Released {
  /** SHA-256 by the name of the migration. */
  migrations: ReadonlyMap<string, string>;
  /** `name(arguments) returns result`. */
  functions: readonly string[];
}

export function readReleased(text: string): Released {
  const lines = text.split('\n').filter((line) => line !== '');
  return {
    migrations: new Map(lines.filter((line) => /^[0-9a-f]{64} /.test(line)).map((line) => [line.slice(65), line.slice(0, 64)])),
    functions: lines.filter((line) => line.startsWith('function ')).map((line) => line.slice('function '.length)),
  };
}

/** What was released is never edited, renamed or put behind something new. */
export function releasedProblems(files: readonly SourceFile[], released: Released): string[] {
  const texts = new Map(files.map(({ path, text }) => [basename(path), text]));
  const last = [...released.migrations.keys()].toSorted().at(-1) ?? '';
  return [
    ...[...released.migrations].flatMap(([name, sha256]) => {
      const text = texts.get(name);
      if (text === undefined) return [`${name} was released and is gone`];
      const now = createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
      return now === sha256 ? [] : [`${name} was released and is edited: put the text back and write a new file for what is to change`];
    }),
    ...[...texts.keys()]
      .filter((name) => !released.migrations.has(name) && name < last)
      .map((name) => `${name} comes before ${last}, which was released`),
  ];
}
