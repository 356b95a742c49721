import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { operatorVariables } from '../config/environment-schema.js';
import type { Environment } from '../config/config.js';
import { withFileSecrets } from '../config/file-secrets.js';
import { ConfigProblems, isSet } from '../config/load-settings.js';
import { isSandbox } from '../config/sandbox-mode.js';
import { handedOver } from './bring-up-to-date.js';
import { freePort, isPortFree } from '../process/free-port.js';
import { OneSentenceError } from '../process/one-sentence-error.js';

/** The operator's environment with what the launcher decides for it: a port that is free, and in the sandbox a key of its own. */
export async function launcherEnvironment(environment: Environment): Promise<Record<string, string>> {
  const read = withFileSecrets(environment);
  // A database that was made ready elsewhere is as real as one that DATABASE_URL names.
  const given = handedOver(read) && ['', 'auto'].includes(read['SANDBOX'] ?? '') ? { ...read, SANDBOX: 'off' } : read;
  const problems = new ConfigProblems();
  const variables = problems.parse(operatorVariables, given);
  problems.throwIfAny();
  if (!variables) throw new OneSentenceError('The environment could not be read.');
  const sandbox = isSandbox(variables);
  const port = variables.PORT === 0 ? await freePort() : variables.PORT;
  if (!(await isPortFree(port, sandbox ? '127.0.0.1' : '0.0.0.0'))) {
    throw new OneSentenceError(`Port ${port} is taken: stop what listens there, or set PORT to a free one.`);
  }
  const env: Record<string, string> = { PORT: String(port) };
  for (const [name, value] of Object.entries(given)) if (isSet(value) && name !== 'PORT') env[name] = value;
  if (sandbox && variables.COUNTERSIGN_KEYS === undefined && variables.COUNTERSIGN_KEYS_FILE === undefined) {
    env['COUNTERSIGN_KEYS_FILE'] = ownKeys(resolve(variables.DATA_DIR));
  }
  return env;
}

/** The same keys for a command beside a running sandbox. */
export function withOwnKeys(given: Environment, dataDir: string): Environment {
  const file = join(dataDir, 'keys');
  if (isSet(given['COUNTERSIGN_KEYS']) || isSet(given['COUNTERSIGN_KEYS_FILE']) || !existsSync(file)) return given;
  return { ...given, COUNTERSIGN_KEYS_FILE: file };
}

function ownKeys(dataDir: string): string {
  const file = join(dataDir, 'keys');
  if (existsSync(file)) return file;
  try {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, `k1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  } catch (error) {
    throw new OneSentenceError(`DATA_DIR cannot be used: ${(error as Error).message}.`);
  }
  return file;
}
