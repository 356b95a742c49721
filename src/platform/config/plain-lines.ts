import { OneSentenceError } from '../process/one-sentence-error.js';
import type { Environment } from './config.js';
import type { OperatorVariables } from './environment-schema.js';
import { isLoopback } from './sandbox-mode.js';

/** Where people are sent to sign in, and where it is learned who they are: whoever may change what is said there is anybody he likes. */
const SIGN_IN = [
  'GOOGLE_AUTHORIZATION_URL',
  'GOOGLE_TOKEN_URL',
  'GOOGLE_PROFILE_URL',
  'GOOGLE_ISSUER',
  'GOOGLE_KEYS_URL',
  'MICROSOFT_METADATA_URL',
  'MICROSOFT_AUTHORIZATION_URL',
  'OIDC_ISSUER',
] as const;

/**
 * Addresses that must not be plain http, one sentence each. Signing in is plain on this machine only, and only among invented
 * vendors; what we send out for safe keeping or for watching may also go to a receiver on this machine.
 */
export function plainAddresses(variables: OperatorVariables, sandbox: boolean): string[] {
  const isPlain = (url: string | undefined): url is string => url?.startsWith('http:') === true;
  const signIn = SIGN_IN.filter((name) => isPlain(variables[name]) && !(sandbox && isLoopback(variables[name])));
  const sentences = signIn.map((name) => `${name} must begin with https://.`);
  const { AUDIT_HEAD_URL: heads, OTEL_EXPORTER_OTLP_ENDPOINT: traces, OTEL_EXPORTER_OTLP_INSECURE: insecure } = variables;
  if (sandbox) return sentences;
  if (isPlain(heads) && !isLoopback(heads)) sentences.push('AUDIT_HEAD_URL must begin with https://.');
  if (isPlain(traces) && !isLoopback(traces) && insecure !== 'true')
    sentences.push(
      'OTEL_EXPORTER_OTLP_ENDPOINT must begin with https://, or set OTEL_EXPORTER_OTLP_INSECURE=true if that network is yours alone.',
    );
  return sentences;
}

const CHECKED = ['require', 'verify-ca', 'verify-full'];

/** Whether what is said to this database could be read on its way: it is on another machine, and its address does not ask for TLS. */
export function isPlainDatabase(url: string): boolean {
  const { hostname, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? decodeURIComponent(hostname);
  // Nothing or a path is a socket of this machine.
  if (host === '' || host.startsWith('/') || isLoopback(`http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}`))
    return false;
  const mode = searchParams.get('sslmode') ?? '';
  // As libpq reads it, only the strictest of them looks at who answers.
  if (searchParams.get('uselibpqcompat') === 'true') return mode !== 'verify-full';
  return !CHECKED.includes(mode) && !['true', '1'].includes(searchParams.get('ssl') ?? '');
}

/** What is wrong with a database's address of a live system, if anything. */
export function plainDatabaseProblem(name: string, url: string | undefined, allowed: string | undefined): string | undefined {
  if (url === undefined || allowed === 'off' || !isPlainDatabase(url)) return undefined;
  return (
    `${name} leads to another machine, and nobody encrypts what is said on the way: add ?sslmode=verify-full to it, ` +
    'or set DATABASE_TLS=off if that network is yours alone.'
  );
}

/** For a command that reads no other settings. @throws OneSentenceError */
export function refusePlainDatabase(env: Environment): void {
  const problem = plainDatabaseProblem('DATABASE_URL', env['DATABASE_URL'], env['DATABASE_TLS']);
  if (problem !== undefined) throw new OneSentenceError(problem);
}
