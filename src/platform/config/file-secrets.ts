import { readFileSync } from 'node:fs';
import { OneSentenceError } from '../process/one-sentence-error.js';
import type { Environment } from './config.js';
import { isSet } from './load-settings.js';

/** Names whose values open something. The key ring has a file variable of its own, which stays as it is. */
const FROM_FILE = /^([A-Z][A-Z0-9_]*_(?:SECRET|TOKEN|URL|KEY))_FILE$/;

/**
 * Reads each secret whose file is named instead: SMTP_URL_FILE=/run/secrets/smtp_url. A file shows in no process list and in no
 * description of a container.
 */
export function withFileSecrets(env: Environment): Environment {
  const read: Record<string, string> = {};
  for (const [name, file] of Object.entries(env)) {
    const wanted = FROM_FILE.exec(name)?.[1];
    if (wanted === undefined || !isSet(file)) continue;
    if (isSet(env[wanted])) throw new OneSentenceError(`Set ${wanted} or ${name}, not both.`);
    try {
      read[wanted] = readFileSync(file, 'utf8').trim();
    } catch (error) {
      throw new OneSentenceError(`${name} cannot be read: ${(error as Error).message}.`);
    }
  }
  return { ...env, ...read };
}
