import { parseArgs } from 'node:util';
import { createTenant } from './identity/create-tenant.js';
import { IdentityRefusal } from './identity/identity-refusal.js';
import { OPERATOR_COMMANDS, OPERATOR_USAGE } from './platform/launcher/operator-commands.js';
import { withClient } from './platform/postgres/roles.js';
import { OneSentenceError } from './platform/process/one-sentence-error.js';

const USAGE = `Operator commands (they act as the owner of the database, so set DATABASE_URL to that role):

  npm run cli -- create-tenant --name "Lumen IT" --owner-email owner@lumen.example
      [--time-zone America/New_York] [--currency USD] [--directory <Microsoft tenant id>]
      makes an MSP and prints the link that opens it, once, for its first owner

And for the embedded database (set DATA_DIR, BACKUP_DIR and the key ring as for npm start):

${OPERATOR_USAGE}`;

/** @returns the exit code */
async function run(args: string[]): Promise<number> {
  const [command, ...rest] = args;
  const ofOperator = OPERATOR_COMMANDS[command ?? ''];
  if (ofOperator) {
    await ofOperator(rest, process.env, (line) => console.log(line));
    return 0;
  }
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

function fail(sentence: string): number {
  console.error(sentence);
  return 1;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  console.error(
    error instanceof IdentityRefusal || error instanceof OneSentenceError || (error instanceof Error && 'code' in error)
      ? error.message
      : error,
  );
  process.exitCode = 1;
}
