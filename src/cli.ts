import { existsSync } from 'node:fs';
import { commandNamed, USAGE } from './cli/commands.js';
import { Refusal } from './domain/refusal.js';
import { IdentityRefusal } from './identity/identity-refusal.js';
import { withFileSecrets } from './platform/config/file-secrets.js';
import { OneSentenceError } from './platform/process/one-sentence-error.js';

/** @returns the exit code */
async function run([name, ...args]: string[]): Promise<number> {
  const command = commandNamed(name ?? 'help');
  if (command) return await command(args);
  const isAsked = name === 'help';
  console[isAsked ? 'log' : 'error'](isAsked || name === undefined ? USAGE : `There is no command "${name}".\n\n${USAGE}`);
  return isAsked ? 0 : 1;
}

function isForPeople(error: unknown): error is Error {
  if (error instanceof IdentityRefusal || error instanceof OneSentenceError || error instanceof Refusal) return true;
  return error instanceof Error && 'code' in error;
}

if (existsSync('.env')) process.loadEnvFile('.env');

try {
  // As the launcher does: in a container only the files are named.
  Object.assign(process.env, withFileSecrets(process.env));
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  console.error(isForPeople(error) ? error.message : error);
  process.exitCode = 1;
}
