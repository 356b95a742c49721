import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { OneSentenceError } from '../process/one-sentence-error.js';
import type { Environment, OAuthClient, Settings } from './config.js';
import { edgeSettings } from './edge-variables.js';
import { keyVariables, operatorVariables, type KeyVariables, type OperatorVariables } from './environment-schema.js';
import { parseKeyRing, type KeyRing } from './key-ring.js';
import { guardedSmtp, weakSecrets } from './weak-secrets.js';
import { plainAddresses, plainDatabaseProblem } from './plain-lines.js';
import { isLoopback, isSandbox } from './sandbox-mode.js';

/** Gathers every problem of an environment, so that a person mends them in one go. */
export class ConfigProblems {
  private readonly sentences: string[] = [];

  parse<T extends z.ZodType>(schema: T, env: Environment): z.infer<T> | undefined {
    const result = schema.safeParse(withoutEmpty(env));
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const name = issue.path.join('.');
      this.add(env[name] === undefined && issue.code === 'invalid_type' ? `${name} is not set.` : `${name} ${issue.message}.`);
    }
    return undefined;
  }

  collect<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof OneSentenceError)) throw error;
      this.add(error.message);
      return undefined;
    }
  }

  add(sentence: string): void {
    this.sentences.push(sentence);
  }

  throwIfAny(): void {
    if (this.sentences.length > 0) throw new OneSentenceError(this.sentences.join('\n'));
  }
}

/** An empty value is how compose files and shells write "not set". */
export function isSet(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}

function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => isSet(value)));
}

/** What an operator's command needs that works on keys and no more. @throws OneSentenceError with one line per problem */
export function loadKeySettings(env: Environment): Pick<Settings, 'keys' | 'keysFile' | 'keyService'> {
  const problems = new ConfigProblems();
  const variables = problems.parse(keyVariables, env);
  const settings = variables && {
    keys: problems.collect(() => keyRing(variables)) ?? noKeys,
    keysFile: variables.COUNTERSIGN_KEYS_FILE,
    keyService: keyService(variables, problems),
  };
  problems.throwIfAny();
  if (!settings) throw new OneSentenceError('The environment could not be read.');
  return settings;
}

/** Reads what an operator may set. @throws OneSentenceError with one line per problem */
export function loadSettings(env: Environment): Settings {
  const problems = new ConfigProblems();
  const variables = problems.parse(operatorVariables, env);
  if (!variables) {
    problems.throwIfAny();
    throw new OneSentenceError('The environment could not be read.');
  }
  const sandbox = isSandbox(variables);
  const settings: Settings = {
    port: variables.PORT,
    host: sandbox ? '127.0.0.1' : '0.0.0.0',
    dataDir: resolve(variables.DATA_DIR),
    publicUrl: publicUrl(variables, sandbox, problems),
    trustedProxies: variables.TRUSTED_PROXIES,
    role: variables.ROLE,
    sandbox,
    keys: problems.collect(() => keyRing(variables)) ?? noKeys,
    keysFile: variables.COUNTERSIGN_KEYS_FILE,
    keyService: keyService(variables, problems),
    logLevel: variables.LOG_LEVEL,
    chromePath: variables.CHROME_PATH,
    chromeMayLackSandbox: sandbox || variables.CHROME_NO_SANDBOX === 'on',
    renderPages: variables.RENDER_PAGES,
    posting: { quarantineSeconds: variables.POSTING_QUARANTINE_SECONDS, leaseSeconds: variables.POSTING_LEASE_SECONDS },
    erasureGraceDays: variables.TENANT_ERASURE_DAYS,
    dataRegion: variables.DATA_REGION,
    mail: mail(variables, problems),
    google: google(variables, problems),
    microsoft: microsoft(variables, problems),
    oidc: oidc(variables, problems),
    sandboxPort: variables.SANDBOX_PORT,
    auditHeadUrl: variables.AUDIT_HEAD_URL,
    edge: edgeSettings(variables, sandbox, (sentence) => problems.add(sentence)),
    telemetry: { metricsToken: variables.METRICS_TOKEN, otlpEndpoint: variables.OTEL_EXPORTER_OTLP_ENDPOINT },
    backup: backup(variables, sandbox),
  };
  if (!sandbox) for (const sentence of weakSecrets(env, Object.keys(operatorVariables.shape))) problems.add(sentence);
  if (!sandbox) refusePlainHttp(variables, settings, problems);
  for (const sentence of plainAddresses(variables, sandbox)) problems.add(sentence);
  const plain = sandbox ? undefined : plainDatabaseProblem('DATABASE_URL', variables.DATABASE_URL, variables.DATABASE_TLS);
  if (plain !== undefined) problems.add(plain);
  if (!sandbox && !settings.mail && !settings.google && !settings.microsoft && !settings.oidc) {
    problems.add(
      'Nobody could sign in: set SMTP_URL and MAIL_FROM, or GOOGLE_CLIENT_ID, MICROSOFT_CLIENT_ID or OIDC_CLIENT_ID with their secrets.',
    );
  }
  problems.throwIfAny();
  return Object.freeze(settings);
}

/** Only ever part of settings that are thrown away, because the problem with the keys has been noted. */
const noKeys: KeyRing = { current: { id: '', bytes: Buffer.alloc(0) }, byId: new Map() };

function publicUrl(variables: OperatorVariables, sandbox: boolean, problems: ConfigProblems): string {
  const given = variables.PUBLIC_URL;
  if (given === undefined && !sandbox) problems.add('PUBLIC_URL is not set: it is the https address at which people reach Countersign.');
  if (given === undefined) return `http://localhost:${variables.PORT}`;
  if (sandbox && !isLoopback(given)) problems.add('PUBLIC_URL must be an address of this machine while SANDBOX is on.');
  if (!isLoopback(given) && !given.startsWith('https:')) problems.add('PUBLIC_URL must begin with https://.');
  return (isLoopback(given) ? byName(given) : given).replace(/\/+$/, '');
}

/** A public address is https, and somebody has to speak it: we ourselves, or a proxy that is known by its address. */
function refusePlainHttp(variables: OperatorVariables, { publicUrl: url, edge, role }: Settings, problems: ConfigProblems): void {
  if (variables.PUBLIC_URL === undefined || !url.startsWith('https:') || role === 'worker') return;
  if (edge.tls ?? variables.TLS_CERT ?? variables.TLS_KEY ?? variables.TRUSTED_PROXIES[0]) return;
  problems.add(
    'PUBLIC_URL is https and nothing here speaks it: set TLS_CERT and TLS_KEY, or name the proxy before Countersign in TRUSTED_PROXIES.',
  );
}

/** Some vendors send people back to the name localhost and to no loopback address in figures; cookies know one host only. */
function byName(loopbackUrl: string): string {
  const url = new URL(loopbackUrl);
  url.hostname = 'localhost';
  return url.href;
}

/** Invented data is copied only when somebody asks for it; a server of your own is copied with its own tools. */
function backup({ DATA_DIR, DATABASE_URL, BACKUP_AT, BACKUP_DIR, BACKUP_KEEP }: OperatorVariables, sandbox: boolean): Settings['backup'] {
  const byDefault = sandbox || DATABASE_URL !== undefined ? 'off' : '02:30';
  const at = BACKUP_AT ?? byDefault;
  return { dir: resolve(BACKUP_DIR ?? join(DATA_DIR, 'backups')), keep: BACKUP_KEEP, at: at === 'off' ? undefined : at };
}

function keyRing(variables: KeyVariables): KeyRing {
  const { COUNTERSIGN_KEYS: keys, COUNTERSIGN_KEYS_FILE: file } = variables;
  if (keys !== undefined && file !== undefined) throw new OneSentenceError('Set COUNTERSIGN_KEYS or COUNTERSIGN_KEYS_FILE, not both.');
  if (keys === undefined && file === undefined) {
    throw new OneSentenceError(
      'COUNTERSIGN_KEYS is not set: it is id:base64 of 32 random bytes, for example "k1:$(openssl rand -base64 32)".',
    );
  }
  const ring = parseKeyRing(keys ?? readKeysFile(file ?? ''), keys === undefined ? 'COUNTERSIGN_KEYS_FILE' : 'COUNTERSIGN_KEYS');
  if ('problems' in ring) throw new OneSentenceError(ring.problems.join('\n'));
  return ring;
}

function readKeysFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new OneSentenceError(`COUNTERSIGN_KEYS_FILE cannot be read: ${(error as Error).message}.`);
  }
}

/** The key ring stays needed beside it: cookies and the passwords of the database roles are this machine's own business. */
function keyService(variables: KeyVariables, problems: ConfigProblems): Settings['keyService'] {
  const { KEYS_URL: url, KEYS_TOKEN: token, KEYS_TRANSIT_KEY: key, KEYS_TRANSIT_MOUNT: mount } = variables;
  if (url === undefined && token === undefined) return undefined;
  if (url === undefined || token === undefined) {
    problems.add(url === undefined ? 'KEYS_URL is not set, and KEYS_TOKEN is.' : 'KEYS_TOKEN is not set, and KEYS_URL is.');
    return undefined;
  }
  if (!url.startsWith('https:') && !isLoopback(url)) problems.add('KEYS_URL must begin with https://: keys travel on that line.');
  return { url, token, key, mount };
}

function mail(variables: OperatorVariables, problems: ConfigProblems): Settings['mail'] {
  const { SMTP_URL: smtpUrl, MAIL_FROM: from } = variables;
  if (smtpUrl !== undefined && from !== undefined) {
    const guarded = guardedSmtp(smtpUrl);
    if ('smtpUrl' in guarded) return { smtpUrl: guarded.smtpUrl, from };
    problems.add(guarded.problem);
    return { smtpUrl, from };
  }
  if (smtpUrl !== undefined) problems.add('MAIL_FROM is not set, and SMTP_URL is: mail needs a sender.');
  if (from !== undefined) problems.add('SMTP_URL is not set, and MAIL_FROM is: mail needs a server.');
  return undefined;
}

function google(variables: OperatorVariables, problems: ConfigProblems): Settings['google'] {
  const client = oauthClient('GOOGLE', variables.GOOGLE_CLIENT_ID, variables.GOOGLE_CLIENT_SECRET, problems);
  const { GOOGLE_AUTHORIZATION_URL: authorizationUrl, GOOGLE_TOKEN_URL: tokenUrl, GOOGLE_PROFILE_URL: profileUrl } = variables;
  const { GOOGLE_ISSUER: issuer, GOOGLE_KEYS_URL: keysUrl } = variables;
  return client && { ...client, authorizationUrl, tokenUrl, profileUrl, issuer, keysUrl };
}

function microsoft(variables: OperatorVariables, problems: ConfigProblems): Settings['microsoft'] {
  const client = oauthClient('MICROSOFT', variables.MICROSOFT_CLIENT_ID, variables.MICROSOFT_CLIENT_SECRET, problems);
  const { MICROSOFT_METADATA_URL: metadataUrl, MICROSOFT_AUTHORIZATION_URL: authorizationUrl } = variables;
  return client && { ...client, metadataUrl, authorizationUrl, library: variables.MICROSOFT_SIGN_IN };
}

function oidc(variables: OperatorVariables, problems: ConfigProblems): Settings['oidc'] {
  const client = oauthClient('OIDC', variables.OIDC_CLIENT_ID, variables.OIDC_CLIENT_SECRET, problems);
  const { OIDC_ISSUER: issuer, OIDC_LABEL: label, OIDC_TRUST_EMAIL: trustEmail } = variables;
  if (client && issuer === undefined) problems.add('OIDC_ISSUER is not set, and OIDC_CLIENT_ID is.');
  if (!client || issuer === undefined) return undefined;
  return { ...client, issuer, label, trustEmail: trustEmail === 'on' };
}

function oauthClient(
  provider: string,
  clientId: string | undefined,
  clientSecret: string | undefined,
  problems: ConfigProblems,
): OAuthClient | undefined {
  if (clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret };
  if (clientId !== undefined) problems.add(`${provider}_CLIENT_SECRET is not set, and ${provider}_CLIENT_ID is.`);
  if (clientSecret !== undefined) problems.add(`${provider}_CLIENT_ID is not set, and ${provider}_CLIENT_SECRET is.`);
  return undefined;
}
