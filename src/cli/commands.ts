import { OPERATOR_COMMANDS, OPERATOR_USAGE } from '../platform/launcher/operator-commands.js';
import type { Command } from './command.js';
import { createTenantCommand } from './create-tenant.js';
import { eraseTenantCommand } from './erase-tenant.js';
import { exportTenantCommand } from './export-tenant.js';
import { rotateKeysCommand } from './rotate-keys.js';
import { verifyAuditCommand } from './verify-audit.js';

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
