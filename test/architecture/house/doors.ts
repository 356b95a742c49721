import type { SourceFile } from './source-files.js';
import { isNode, lineOf, walk, type SyntaxNode } from './syntax.js';

/**
 * Who may hold a connection that is bound to no tenant. Everybody else comes to the database through TenantTransaction, which
 * cannot be opened without one. Whoever adds a line says why.
 */
const DOORS: Readonly<Record<string, string>> = {
  'src/database/tenant-transaction.ts': 'the door itself',
  'src/database/data-source.ts': 'opens the pool',
  'src/database/database.module.ts': 'hands the pool to the files below, and closes it',
  'src/database/migrate.ts': 'the owner’s, before any process of the app',
  'src/database/database-health.ts': 'asks whether the database answers',
  'src/database/scheduler-pool.ts': 'the scheduler role’s narrow view',
  'src/connections/connection-route.repository.ts': 'calls functions that ask for a vendor’s account',
  'src/identity/credential.repository.ts': 'calls functions that ask for the hash of a secret',
  'src/identity/person.repository.ts': 'calls functions; people belong to no tenant',
  'src/identity/factor.repository.ts': 'calls functions; factors are of people, in all their tenants',
  'src/identity/passkey.repository.ts': 'calls functions; passkeys are of people, in all their tenants',
  'src/identity/session.repository.ts': 'calls functions that ask for the hash of a session',
  'src/database/audit/audit-keeper.ts': 'makes partitions ahead, for all tenants, by a function of the keeper',
  'src/lifecycle/erasure/erasure.repository.ts': 'calls functions about what is left of a tenant that is gone',
  'src/database/budgets/rate-budget.repository.ts': 'calls functions that count keyed hashes, before anybody knows of which tenant',
  'src/database/database-metrics.ts': 'calls a function that counts for the operator, without names',
  'src/platform/postgres/backup/copy-database.ts': 'the owner’s command that copies a whole database',
  'src/platform/postgres/backup/take-backup.ts': 'the owner’s connection that begins and ends a backup',
  'src/platform/postgres/roles.ts': 'the owner’s, before any process of the app',
};

/** What gives a connection or a manager that no tenant was named on. */
const RAW = new Set(['DataSource', 'createConnection', 'getConnection', 'Client', 'Pool', 'default']);
const RAW_CALLS = new Set(['createQueryRunner', 'createEntityManager', 'getRepository', 'getTreeRepository']);

export function doorProblems(files: readonly SourceFile[], doors: Readonly<Record<string, string>> = DOORS): string[] {
  const problems = files.flatMap((file) => (file.path in doors ? [] : rawAccessIn(file)));
  const gone = Object.keys(doors).filter((path) => !files.some((file) => file.path === path));
  return [...problems, ...gone.map((path) => `${path} is listed as a door and does not exist`)];
}

function rawAccessIn(file: SourceFile): string[] {
  const problems: string[] = [];
  walk(file, (node) => {
    const problem = rawImport(node) ?? rawCall(node);
    if (problem !== undefined) problems.push(`${file.path}:${lineOf(file, node.start)}: ${problem}`);
  });
  return problems;
}

/** Of the driver and the ORM; types of rows, columns and results are no connection. */
function rawImport(node: SyntaxNode): string | undefined {
  if (node.type !== 'ImportDeclaration' || !isNode(node['source']) || !['typeorm', 'pg'].includes(String(node['source']['value'])))
    return undefined;
  const names = (node['specifiers'] as SyntaxNode[]).map(importedName);
  const raw = names.find((name) => RAW.has(name) && !(node['importKind'] === 'type' && name !== 'DataSource'));
  return raw === undefined ? undefined : `${raw} of ${String(node['source']['value'])} is a way to the database around TenantTransaction`;
}

function importedName(specifier: SyntaxNode): string {
  return isNode(specifier['imported']) ? String(specifier['imported']['name']) : 'default';
}

function rawCall(node: SyntaxNode): string | undefined {
  if (node.type !== 'CallExpression' || !isNode(node['callee']) || !isNode(node['callee']['property'])) return undefined;
  const name = String(node['callee']['property']['name']);
  return RAW_CALLS.has(name) ? `${name}() is a way to the database around TenantTransaction` : undefined;
}
