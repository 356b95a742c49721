import { parseArgs } from 'node:util';
import { createTenant } from '../identity/create-tenant.repository.js';
import { withClient } from '../platform/postgres/roles.js';
import { OneSentenceError } from '../platform/process/one-sentence-error.js';
import { ownerDatabaseUrl, publicUrl, type Command } from './command.js';

export const createTenantCommand: Command = {
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
