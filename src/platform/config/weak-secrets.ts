import type { Environment } from './config.js';
import { isLoopback } from './sandbox-mode.js';

const FEWEST_CHARACTERS = 8;
/** What stands in the place of a secret in manuals and half-finished settings. */
const SAMPLES = [
  /^(?:<.*>|\[.*\]|\.{3,}|x{3,})$/i,
  /^(?:your|my|the)[-_ ]/i,
  /change[-_ ]?me|replace[-_ ]?me|placeholder|insert[-_ ]?here/i,
  /^(?:test|demo|dummy|sample|example|default|sandbox)(?:[-_ ]|$)/i,
  /^(?:client[-_ ]?)?(?:secret|password|passwort|token|key)\d*$/i,
  /^(?:abc|qwerty|letmein)?0?12345\d*$/i,
];
const NAMES = /(?:_SECRET|_TOKEN|_PASSWORD|_WEBHOOK_KEY)$/;
const ADDRESSES = ['SMTP_URL', 'DATABASE_URL'];

/**
 * Secrets of a live installation that everybody could guess, one sentence each. Never says the value.
 * @param names of the variables that are ours to read
 */
export function weakSecrets(env: Environment, names: readonly string[]): string[] {
  const given = names.flatMap((name): [string, string][] => {
    const value = env[name]?.trim() ?? '';
    if (NAMES.test(name)) return [[name, value]];
    return ADDRESSES.includes(name) ? [[`The password in ${name}`, passwordIn(value)]] : [];
  });
  return given.flatMap(([name, value]) => {
    const weakness = value === '' ? undefined : weaknessOf(value);
    return weakness === undefined ? [] : [`${name} ${weakness}.`];
  });
}

function weaknessOf(value: string): string | undefined {
  if (SAMPLES.some((sample) => sample.test(value))) return 'is a placeholder, which everybody can guess: put the real one there';
  if (value.length < FEWEST_CHARACTERS) return `is shorter than ${FEWEST_CHARACTERS} characters, which can be guessed`;
  if (new Set(value).size < 4) return 'repeats the same few characters, which can be guessed';
  return undefined;
}

function passwordIn(address: string): string {
  return URL.canParse(address) ? decodeURIComponent(new URL(address).password) : '';
}

/**
 * The address of a mail server such that passwords and sign-in codes never travel in the open: what is not TLS from the first
 * byte must become so before anything is said, except on this machine.
 * @returns what is wrong with the address as given, or the one to use
 */
export function guardedSmtp(address: string): { problem: string } | { smtpUrl: string } {
  if (isLoopback(address)) return { smtpUrl: address };
  const url = new URL(address);
  const off = ['ignoreTLS', 'requireTLS', 'opportunisticTLS', 'secure', 'tls.rejectUnauthorized'].find((name) =>
    url.searchParams.has(name),
  );
  if (off !== undefined)
    return { problem: `SMTP_URL must not say ${off}: sign-in codes go only over a line that is encrypted and checked.` };
  if (url.protocol === 'smtp:') url.searchParams.set('requireTLS', 'true');
  return { smtpUrl: url.protocol === 'smtp:' ? url.href : address };
}
