import { OPERATOR_COMMANDS, OPERATOR_USAGE } from '../platform/launcher/operator-commands.js';
import { type Command, ownerDatabaseUrl, publicUrl, dataDir } from './command.js';
import { parseArgs } from 'node:util';
import { createTenant } from '../identity/create-tenant.repository.js';
import { withClient } from '../platform/postgres/roles.js';
import { OneSentenceError } from '../platform/process/one-sentence-error.js';
import { planTenantErasure, exportTenant } from '../lifecycle/operator.repository.js';
import { resolve } from 'node:path';
import { progressBar } from '../platform/process/progress-bar.js';
import { rotateKeys } from '../connections/rotate-keys.js';
import { loadKeySettings } from '../platform/config/load-settings.js';
import { withOwnKeys } from '../platform/launcher/launcher-environment.js';
import { readFile } from 'node:fs/promises';
import { readHeadFile } from '../database/audit/head-file.js';
import { verifyAudit } from '../database/audit/verify-audit.js';

const verifyAuditCommand: Command = {
  usage: `verify-audit [--tenant <id>] [--heads <DATA_DIR>/audit-heads/<day>.json]
      walks the audit log's chain of every tenant and names the first broken link; with exported heads (and the key ring that
      signed them) also what somebody rewrote from end to end`,
  run: async (args) => {
    const { values } = parseArgs({ args, options: { tenant: { type: 'string' }, heads: { type: 'string' } } });
    const { tenant: tenantId, heads: file } = values;
    const heads = file === undefined ? undefined : readHeadFile(await readFile(file, 'utf8'));
    // The chain is walked without any key; only a head file is signed.
    const keys = heads && loadKeySettings(withOwnKeys(process.env, dataDir())).keys.byId;
    const report = await withClient(await ownerDatabaseUrl(), (client) => verifyAudit(client, { tenantId, heads, keys }));
    console.log(report.lines.join('\n'));
    return report.broken ? 1 : 0;
  },
};

const rotateKeysCommand: Command = {
  usage: `rotate-keys
      brings everything that is sealed under the first key of COUNTERSIGN_KEYS or COUNTERSIGN_KEYS_FILE, or under the newest
      version of the key service's key, while the app runs; may be stopped and started again at any time`,
  run: async () => {
    const settings = loadKeySettings(withOwnKeys(process.env, dataDir()));
    const report = await rotateKeys(await ownerDatabaseUrl(), settings, progressBar('Rotating keys'));
    console.log(`${report.rewrapped} sealed values of ${report.tenants} tenants were brought under the key ${report.current}.`);
    if (report.unreadable > 0) {
      console.error(`${report.unreadable} do not open with any key of the ring: reconnect those connections, or put the missing key back.`);
      return 1;
    }
    console.log('Nothing needs an older key any more: once every process has the new ring, take the old key out.');
    return 0;
  },
};

const exportTenantCommand: Command = {
  usage: `export-tenant --tenant <id> --out tenant.zip
      writes all of an MSP's data, JSON and PDFs, into a ZIP; secrets are left out`,
  run: async (args) => {
    const { values } = parseArgs({ args, options: { tenant: { type: 'string' }, out: { type: 'string' } } });
    const { tenant, out } = values;
    if (!tenant || !out) throw new OneSentenceError('--tenant and --out are needed.');
    const bar = progressBar('Exporting');
    const { size, sha256, files } = await withClient(await ownerDatabaseUrl(), (client) => exportTenant(client, tenant, resolve(out), bar));
    console.log(`${out}: ${files} files, ${size} bytes, SHA-256 ${sha256}`);
    return 0;
  },
};

const eraseTenantCommand: Command = {
  usage: `erase-tenant --tenant <id> --name "Lumen IT" [--days 7]
      plans the erasure of an MSP, which can be undone until then; the running app does it and leaves a certificate`,
  run: async (args) => {
    const { values } = parseArgs({
      args,
      options: { tenant: { type: 'string' }, name: { type: 'string' }, days: { type: 'string', default: '7' } },
    });
    const { tenant: tenantId, name, days } = values;
    if (!tenantId || !name || !/^\d{1,2}$/.test(days))
      throw new OneSentenceError('--tenant and --name are needed, and --days from 0 to 99.');
    const wanted = { tenantId, name, days: Number.parseInt(days, 10) };
    const { certificateId, notBefore } = await withClient(await ownerDatabaseUrl(), (client) => planTenantErasure(client, wanted));
    console.log(
      `${name} is erased from ${notBefore.toISOString()} on. The certificate will be at ${publicUrl()}/certificates/${certificateId}`,
    );
    return 0;
  },
};

const createTenantCommand: Command = {
  usage: `create-tenant --name "Lumen IT" --owner-email owner@lumen.example
      [--time-zone America/New_York] [--currency USD] [--directory <Microsoft tenant id>]
      makes an MSP and prints the link that opens it, once, for its first owner`,
  run: async (args) => {
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
    const { name, currency, directory, 'owner-email': ownerEmail, 'time-zone': timeZone } = values;
    if (!name || !ownerEmail) throw new OneSentenceError('--name and --owner-email are needed.');
    const wanted = { name, currency, ownerEmail, timeZone, publicUrl: publicUrl(), allowedDirectories: directory };
    const { tenantId, ownerLink } = await withClient(await ownerDatabaseUrl(), (client) => createTenant(client, wanted));
    console.log(`Made ${name} (${tenantId}).\nGive its first owner this link; it works once:\n${ownerLink}`);
    return 0;
  },
};

const OF_A_DATABASE: Readonly<Record<string, Command>> = {
  'create-tenant': createTenantCommand,
  'verify-audit': verifyAuditCommand,
  'rotate-keys': rotateKeysCommand,
  'export-tenant': exportTenantCommand,
  'erase-tenant': eraseTenantCommand,
};

/** Those of the embedded server work on its folder, running or not. */
const OF_A_FOLDER = Object.fromEntries(
  Object.entries(OPERATOR_COMMANDS).map(([name, run]): [string, Command['run']] => [
    name,
    async (args) => {
      await run(args, process.env, (line) => console.log(line));
      return 0;
    },
  ]),
);

const RUNS: Readonly<Record<string, Command['run']>> = {
  ...OF_A_FOLDER,
  ...Object.fromEntries(Object.entries(OF_A_DATABASE).map(([name, command]): [string, Command['run']] => [name, command.run])),
};

export function commandNamed(name: string): Command['run'] | undefined {
  return Object.hasOwn(RUNS, name) ? RUNS[name] : undefined;
}

export const USAGE = `Operator commands. They act as the owner of the database: DATABASE_URL names that role, or DATA_DIR the folder of the
embedded database, which then must be running.

${Object.values(OF_A_DATABASE)
  .map(({ usage }) => `  npm run cli -- ${usage}`)
  .join('\n\n')}

And for the embedded database's folder (set DATA_DIR, BACKUP_DIR and the key ring as for npm start):

${OPERATOR_USAGE}`;
