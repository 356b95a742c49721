import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exportTenant } from '../lifecycle/operator.repository.js';
import { withClient } from '../platform/postgres/roles.js';
import { OneSentenceError } from '../platform/process/one-sentence-error.js';
import { progressBar } from '../platform/process/progress-bar.js';
import { ownerDatabaseUrl, type Command } from './command.js';

export const exportTenantCommand: Command = {
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
