import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Refusal } from './domain/refusal.js';
import { createTenant } from './identity/create-tenant.js';
import { IdentityRefusal } from './identity/identity-refusal.js';
import { parseKeyRing } from './platform/config/key-ring.js';
import { withClient } from './platform/postgres/roles.js';
import { readHeadFile } from './storage/audit/head-file.js';
import { verifyAudit } from './storage/audit/verify-audit.js';
import { rotateKeys } from './connections/rotate-keys.js';
import { loadKeySettings } from './platform/config/load-settings.js';
import { exportTenant, planTenantErasure } from './lifecycle/operator-commands.js';
import { withOwnKeys } from './platform/launcher/launcher-environment.js';
import { ownServerUrl } from './platform/postgres/own-server-url.js';
import { OneSentenceError } from './platform/process/one-sentence-error.js';
import { progressBar } from './platform/process/progress-bar.js';
import { OPERATOR_COMMANDS, OPERATOR_USAGE } from './platform/launcher/operator-commands.js';

const USAGE = `Operator commands (they act as the owner of the database, so set DATABASE_URL to that role):

  npm run cli -- create-tenant --name "Lumen IT" --owner-email owner@lumen.example
      [--time-zone America/New_York] [--currency USD] [--directory <Microsoft tenant id>]
      makes an MSP and prints the link that opens it, once, for its first owner

  npm run cli -- verify-audit [--tenant <id>] [--heads <DATA_DIR>/audit-heads/<day>.json]
      walks the audit log's chain of every tenant and names the first broken link; with exported heads, also what
      somebody rewrote from end to end

  npm run cli -- rotate-keys
      brings everything that is sealed under the first key of COUNTERSIGN_KEYS or COUNTERSIGN_KEYS_FILE, or under the newest
      version of the key service's key, while the app runs; may be stopped and started again at any time

  npm run cli -- export-tenant --tenant <id> --out tenant.zip
      writes all of an MSP's data, JSON and PDFs, into a ZIP; secrets are left out

  npm run cli -- erase-tenant --tenant <id> --name "Lumen IT" [--days 7]
      plans the erasure of an MSP, which can be undone until then; the running app does it and leaves a certificate


And for the embedded database (set DATA_DIR, BACKUP_DIR and the key ring as for npm start):

${OPERATOR_USAGE}`;

/** @returns the exit code */
async function run(args: string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command === 'verify-audit') return await verifyAuditCommand(rest);
  if (command === 'rotate-keys') return await rotateKeysCommand();
  const ofOperator = OPERATOR_COMMANDS[command ?? ''];
  if (ofOperator) {
    await ofOperator(rest, process.env, (line) => console.log(line));
    return 0;
  }
  if (command === 'export-tenant') return await exportTenantCommand(rest);
  if (command === 'erase-tenant') return await eraseTenantCommand(rest);
  if (command !== 'create-tenant') {
    console.error(command === undefined || command === 'help' ? USAGE : `There is no command "${command}".\n\n${USAGE}`);
    return command === 'help' ? 0 : 1;
  }
  return await createTenantCommand(rest);
}

async function createTenantCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      name: { type: 'string' },
      'owner-email': { type: 'string' },
      'time-zone': { type: 'string', default: 'UTC' },
      currency: { type: 'string', default: 'USD' },
      directory: { type: 'string', multiple: true, default: [] },
    },
  });
  const databaseUrl = process.env['DATABASE_URL'];
  if (!values.name || !values['owner-email']) return fail(`--name and --owner-email are needed.\n\n${USAGE}`);
  if (!databaseUrl) return fail('Set DATABASE_URL to the owner of the database that Countersign uses.');
  const publicUrl = (process.env['PUBLIC_URL'] ?? `http://localhost:${process.env['PORT'] ?? '3000'}`).replace(/\/+$/, '');
  const { name, currency } = values;
  const wanted = {
    name,
    currency,
    ownerEmail: values['owner-email'],
    timeZone: values['time-zone'],
    publicUrl,
    allowedDirectories: values.directory,
  };
  const { tenantId, ownerLink } = await withClient(databaseUrl, (client) => createTenant(client, wanted));
  console.log(`Made ${name} (${tenantId}).\nGive its first owner this link; it works once:\n${ownerLink}`);
  return 0;
}

async function verifyAuditCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { tenant: { type: 'string' }, heads: { type: 'string' } } });
  const databaseUrl = process.env['DATABASE_URL'];
  if (!databaseUrl) return fail('Set DATABASE_URL to the owner of the database that Countersign uses.');
  const heads = values.heads === undefined ? undefined : readHeadFile(await readFile(values.heads, 'utf8'));
  const keys = process.env['COUNTERSIGN_KEYS'] ? parseKeyRing(process.env['COUNTERSIGN_KEYS'], 'COUNTERSIGN_KEYS') : undefined;
  if (keys && 'problems' in keys) return fail(keys.problems.join('\n'));
  const report = await withClient(databaseUrl, (client) => verifyAudit(client, { tenantId: values.tenant, heads, keys: keys?.byId }));
  console.log(report.lines.join('\n'));
  return report.broken ? 1 : 0;
}

async function exportTenantCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { tenant: { type: 'string' }, out: { type: 'string' } } });
  const databaseUrl = process.env['DATABASE_URL'] ?? ownServerUrl(resolve(process.env['DATA_DIR'] ?? '.data'));
  const { tenant, out } = values;
  if (!tenant || !out) return fail(`--tenant and --out are needed.\n\n${USAGE}`);
  if (!databaseUrl) return fail('Set DATABASE_URL to the owner of the database that Countersign uses, or DATA_DIR to its folder.');
  const bar = progressBar('Exporting');
  const { size, sha256, files } = await withClient(databaseUrl, (client) => exportTenant(client, tenant, resolve(out), bar));
  console.log(`${out}: ${files} files, ${size} bytes, SHA-256 ${sha256}`);
  return 0;
}

async function eraseTenantCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { tenant: { type: 'string' }, name: { type: 'string' }, days: { type: 'string', default: '7' } },
  });
  const databaseUrl = process.env['DATABASE_URL'] ?? ownServerUrl(resolve(process.env['DATA_DIR'] ?? '.data'));
  const { tenant: tenantId, name, days } = values;
  if (!tenantId || !name || !/^\d{1,2}$/.test(days)) return fail(`--tenant and --name are needed, and --days from 0 to 99.\n\n${USAGE}`);
  if (!databaseUrl) return fail('Set DATABASE_URL to the owner of the database that Countersign uses, or DATA_DIR to its folder.');
  const wanted = { tenantId, name, days: Number.parseInt(days, 10) };
  const { certificateId, notBefore } = await withClient(databaseUrl, (client) => planTenantErasure(client, wanted));
  const publicUrl = (process.env['PUBLIC_URL'] ?? `http://localhost:${process.env['PORT'] ?? '3000'}`).replace(/\/+$/, '');
  console.log(
    `${name} is erased from ${notBefore.toISOString()} on. The certificate will be at ${publicUrl}/certificates/${certificateId}`,
  );
  return 0;
}

async function rotateKeysCommand(): Promise<number> {
  const dataDir = resolve(process.env['DATA_DIR'] ?? '.data');
  const databaseUrl = process.env['DATABASE_URL'] ?? ownServerUrl(dataDir);
  if (!databaseUrl) return fail('Set DATABASE_URL to the owner of the database that Countersign uses, or DATA_DIR to its folder.');
  const settings = loadKeySettings(withOwnKeys(process.env, dataDir));
  const report = await rotateKeys(databaseUrl, settings, progressBar('Rotating keys'));
  console.log(`${report.rewrapped} sealed values of ${report.tenants} tenants were brought under the key ${report.current}.`);
  if (report.unreadable === 0)
    console.log('Nothing needs an older key any more: once every process has the new ring, take the old key out.');
  else
    console.error(`${report.unreadable} do not open with any key of the ring: reconnect those connections, or put the missing key back.`);
  return report.unreadable === 0 ? 0 : 1;
}

function fail(sentence: string): number {
  console.error(sentence);
  return 1;
}

if (existsSync('.env')) process.loadEnvFile('.env');

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  console.error(
    error instanceof IdentityRefusal ||
      error instanceof OneSentenceError ||
      error instanceof Refusal ||
      (error instanceof Error && 'code' in error)
      ? error.message
      : error,
  );
  process.exitCode = 1;
}
