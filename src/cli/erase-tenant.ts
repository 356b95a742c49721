import { parseArgs } from 'node:util';
import { planTenantErasure } from '../lifecycle/operator.repository.js';
import { withClient } from '../platform/postgres/roles.js';
import { OneSentenceError } from '../platform/process/one-sentence-error.js';
import { ownerDatabaseUrl, publicUrl, type Command } from './command.js';

export const eraseTenantCommand: Command = {
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
