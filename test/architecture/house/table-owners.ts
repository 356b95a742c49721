import { posix } from 'node:path';
import { zoneOf } from './zones.js';
import type { SourceFile } from './source-files.js';
import { isNode, lineOf, walk, type SyntaxNode } from './syntax.js';

/** Table → the zone that may write it, such as `billing/review`. */
export type Owners = ReadonlyMap<string, string>;

/**
 * Write what several owners have, and say why. Whoever adds a line says why, too. What the database's owner does by an operator's
 * command runs before or without the app, and is one transaction over all that a tenant begins with or ends by.
 */
const OVER_ALL_TABLES: Readonly<Record<string, string>> = {
  'src/lifecycle/operator.repository.ts': 'an operator’s command plans the end of a tenant as the database’s owner',
  'src/identity/create-tenant.repository.ts': 'an operator’s command makes a tenant with everything that it begins with',
  'src/lifecycle/erasure/erasure.repository.ts': 'erasing a tenant empties every table, from a generated list',
  'src/lifecycle/retention.repository.ts': 'jobs that ended are deleted by age with everything else',
  'src/database/migrate.ts': 'the migrator is above all owners',
};
const RAW_SQL_HOMES = [/\.repository\.ts$/, /^src\/database\//, /^src\/billing\/queries\//, /^src\/platform\/postgres\//];
/** Two statements that a class of its own would not make clearer. */
const RAW_SQL_ELSEWHERE: Readonly<Record<string, string>> = {
  'src/jobs/due-schedules.ts': 'the scheduler role’s two questions over all tenants, outside of any tenant’s transaction',
};

const REPOSITORY_WRITES = new Set([
  'insert',
  'update',
  'delete',
  'upsert',
  'save',
  'remove',
  'softDelete',
  'increment',
  'decrement',
  'clear',
]);
const STATEMENT =
  /^\s*(?:select\b|insert\s+into\b|update\s+\w+(?:\s+(?:as\s+)?\w+)?\s+set\b|delete\s+from\b|merge\s+into\b|with\s+\w+\s+as\b)/i;
const WRITE = /\b(?:insert\s+into|update|delete\s+from|merge\s+into|truncate(?:\s+table)?)\s+(?:only\s+)?"?(\w+(?:\.\w+)?)"?/gi;

/** From `@Entity('flag')` and the folder that the class stands in. */
export function ownersByEntity(files: readonly SourceFile[]): Owners {
  const owners = new Map<string, string>();
  for (const file of files.filter(({ path }) => path.endsWith('.entity.ts')))
    for (const [, table = ''] of file.text.matchAll(/@Entity\('(\w+)'\)/g)) owners.set(table, zoneOf(file.path));
  return owners;
}

/** Class of an entity → its table. */
export function tablesOf(files: readonly SourceFile[]): ReadonlyMap<string, string> {
  const tables = new Map<string, string>();
  for (const file of files.filter(({ path }) => path.endsWith('.entity.ts')))
    for (const [, table = '', name = ''] of file.text.matchAll(/@Entity\('(\w+)'\)\s*(?:export\s+)?class\s+(\w+)/g))
      tables.set(name, table);
  return tables;
}

/** Every write to a table from outside its owner's repositories, as `file:line: why`. */
export function writeProblems(files: readonly SourceFile[], owners: Owners, tables: ReadonlyMap<string, string>): string[] {
  return files.flatMap((file) =>
    file.path in OVER_ALL_TABLES || file.path.startsWith('src/platform/postgres/')
      ? []
      : writesIn(file, owners, tables).flatMap(({ table, at }) => {
          const owner = owners.get(table) ?? '';
          const isHome = zoneOf(file.path) === owner && (owner === 'database' || file.path.endsWith('.repository.ts'));
          return isHome ? [] : [`${file.path}:${lineOf(file, at)}: writes ${table}, which belongs to the repositories of ${owner}`];
        }),
  );
}

/** Statements of SQL, and TypeORM's repositories, outside of the places that are made for them. */
export function rawSqlProblems(files: readonly SourceFile[], allowed: Readonly<Record<string, string>> = RAW_SQL_ELSEWHERE): string[] {
  const problems: string[] = [];
  for (const file of files) {
    if (file.path in allowed || RAW_SQL_HOMES.some((home) => home.test(file.path))) continue;
    walk(file, (node) => {
      if (STATEMENT.test(textOf(node) ?? '')) problems.push(`${file.path}:${lineOf(file, node.start)}: raw SQL belongs to a repository`);
      if (isRowsCall(node)) problems.push(`${file.path}:${lineOf(file, node.start)}: rows are read and written by a repository`);
    });
  }
  return problems;
}

interface Write {
  table: string;
  at: number;
}

function writesIn(file: SourceFile, owners: Owners, tables: ReadonlyMap<string, string>): Write[] {
  const writes: Write[] = [];
  walk(file, (node) => {
    for (const [, table = ''] of (textOf(node) ?? '').matchAll(WRITE)) if (owners.has(table)) writes.push({ table, at: node.start });
    const table = tables.get(entityWritten(node) ?? '');
    if (table !== undefined) writes.push({ table, at: node.start });
  });
  return writes;
}

/** `this.tx.rows(FlagEntity).update(…)` → FlagEntity. A query builder counts as a write. */
function entityWritten(node: SyntaxNode): string | undefined {
  const method = calledMethod(node);
  if (method === undefined || !(REPOSITORY_WRITES.has(method.name) || method.name === 'createQueryBuilder')) return undefined;
  const [entity] = isRowsCall(method.on) ? (method.on['arguments'] as SyntaxNode[]) : [];
  return entity && String(entity['name']);
}

function isRowsCall(node: SyntaxNode): boolean {
  const method = calledMethod(node);
  const [entity] = method?.name === 'rows' && Array.isArray(node['arguments']) ? (node['arguments'] as SyntaxNode[]) : [];
  return entity?.type === 'Identifier' && String(entity['name']).endsWith('Entity');
}

function calledMethod(node: SyntaxNode): { name: string; on: SyntaxNode } | undefined {
  if (node.type !== 'CallExpression' || !isNode(node['callee']) || node['callee'].type !== 'MemberExpression') return undefined;
  const { object, property } = node['callee'];
  return isNode(object) && isNode(property) ? { name: String(property['name']), on: object } : undefined;
}

/** Of a string or a piece of a template. */
function textOf(node: SyntaxNode): string | undefined {
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value'];
  if (node.type !== 'TemplateElement') return undefined;
  const value = node['value'] as { cooked?: string | null };
  return value.cooked ?? undefined;
}

const IN_BILLING = new Set(['invoices', 'documents', 'review', 'outbox', 'settlement', 'delivery', 'receivables']);

/** `review` → `billing/review`: how a file or folder of the migrations calls an owner, and the zone of the house. */
function zoneOfOwner(name: string): string {
  return IN_BILLING.has(name) ? `billing/${name}` : name;
}

/** From the migration that creates a table: there is one file for each owner, and later ones carry the owner's name, too. */
export function ownersByMigration(files: readonly SourceFile[]): Owners {
  const owners = new Map<string, string>();
  for (const { path, text } of files) {
    const owner = zoneOfOwner(posix.basename(path, '.sql').replace(/^\d+-/, '').split('-')[0] ?? '');
    for (const [, table = ''] of text.matchAll(/^create (?:unlogged )?table (?:if not exists )?(\w+)/gm)) owners.set(table, owner);
  }
  return owners;
}

/** Whose entity stands in another folder than the migration says. */
export function disagreements(byEntity: Owners, byMigration: Owners): string[] {
  return [...byEntity]
    .filter(([table, owner]) => byMigration.get(table) !== owner)
    .map(([table, owner]) => `${table}: its entity stands in ${owner}, its migration in that of ${byMigration.get(table) ?? 'nobody'}`);
}

/** Erasing, keeping and forgetting go over every table, in functions of their own. */
const FUNCTIONS_OVER_ALL_TABLES = new Set(['lifecycle']);

/** Functions, which stand in the folder of their owner, that write somebody else's table. */
export function functionProblems(files: readonly SourceFile[], owners: Owners): string[] {
  return files.flatMap(({ path, text }) => {
    const owner = posix.basename(posix.dirname(path));
    if (FUNCTIONS_OVER_ALL_TABLES.has(owner)) return [];
    const written = [...text.replaceAll(/--.*$/gm, '').matchAll(WRITE)].map(([, table = '']) => table);
    return [...new Set(written)]
      .filter((table) => owners.has(table) && owners.get(table) !== zoneOfOwner(owner))
      .map((table) => `${path}: writes ${table}, which belongs to ${owners.get(table) ?? ''}`);
  });
}
