import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { loadKeySettings } from '../platform/config/load-settings.js';
import { withOwnKeys } from '../platform/launcher/launcher-environment.js';
import { withClient } from '../platform/postgres/roles.js';
import { readHeadFile } from '../database/audit/head-file.js';
import { verifyAudit } from '../database/audit/verify-audit.js';
import { dataDir, ownerDatabaseUrl, type Command } from './command.js';

export const verifyAuditCommand: Command = {
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
