import { QUARANTINE_SECONDS, SEND_LEASE_SECONDS } from '../../domain/posting-policy.js';
import { BlockList } from 'node:net';
import { z } from 'zod';
import { edgeVariables } from './edge-variables.js';

const webUrl = (): z.ZodURL => z.url({ protocol: /^https?$/, error: 'must be a full http or https address' });
const listOf = (values: readonly string[]): { error: string } => ({ error: `must be one of ${values.join(', ')}` });

const roles = ['all', 'web', 'worker'] as const;
const sandboxModes = ['auto', 'on', 'off'] as const;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const microsoftLibraries = ['passport', 'openid'] as const;
const onOff = ['on', 'off'] as const;
const databaseLines = ['required', 'off'] as const;
const wholeNumber = (least: number, most: number, fallback: string) =>
  z
    .string()
    .default(fallback)
    .refine((text) => /^\d{1,6}$/.test(text) && Number.parseInt(text, 10) >= least && Number.parseInt(text, 10) <= most, {
      error: `must be a whole number from ${least} to ${most}`,
    })
    .transform((text) => Number.parseInt(text, 10));

/** Addresses and networks, comma between; also the names that Express knows for the private ones. */
const networks = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  )
  .refine((parts) => parts.every(isNetwork), { error: 'must be addresses or networks like 10.0.0.0/8 or loopback, comma between' });

function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', prefix] = text.split('/');
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return false;
  try {
    new BlockList().addSubnet(address, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number.parseInt(prefix, 10), family);
    return true;
  } catch {
    return false;
  }
}

/** As it stands in a path of the key service, and in the key ids of envelopes. */
const transitName = (fallback: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,48}$/, { error: 'must be letters, digits, - and _' })
    .default(fallback);

/** Every variable an operator may set, apart from those that connectors declare. */
export const operatorVariables = z.object({
  PORT: wholeNumber(0, 65_535, '3000'),
  DATA_DIR: z.string().default('.data'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// address' }).optional(),
  DATABASE_TLS: z.enum(databaseLines, listOf(databaseLines)).default('required'),
  PUBLIC_URL: webUrl().optional(),
  TRUSTED_PROXIES: networks,
  ROLE: z.enum(roles, listOf(roles)).default('all'),
  SANDBOX: z.enum(sandboxModes, listOf(sandboxModes)).default('auto'),
  NODE_ENV: z.string().optional(),
  COUNTERSIGN_KEYS: z.string().optional(),
  COUNTERSIGN_KEYS_FILE: z.string().optional(),
  KEYS_URL: webUrl().optional(),
  KEYS_TOKEN: z.string().optional(),
  KEYS_TRANSIT_KEY: transitName('countersign'),
  KEYS_TRANSIT_MOUNT: transitName('transit'),
  LOG_LEVEL: z.enum(logLevels, listOf(logLevels)).default('info'),
  CHROME_PATH: z.string().optional(),
  CHROME_NO_SANDBOX: z.enum(onOff, listOf(onOff)).default('off'),
  RENDER_PAGES: wholeNumber(1, 32, '2'),
  POSTING_QUARANTINE_SECONDS: wholeNumber(1, 3_600, String(QUARANTINE_SECONDS)),
  POSTING_LEASE_SECONDS: wholeNumber(1, 3_600, String(SEND_LEASE_SECONDS)),
  TENANT_ERASURE_DAYS: wholeNumber(0, 90, '7'),
  DATA_REGION: z.string().max(200).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// address' }).optional(),
  MAIL_FROM: z.string().optional(),
  GOOGLE_CLIENT_ID: z.string().optional(),
  GOOGLE_CLIENT_SECRET: z.string().optional(),
  GOOGLE_AUTHORIZATION_URL: webUrl().default('https://accounts.google.com/o/oauth2/v2/auth'),
  GOOGLE_TOKEN_URL: webUrl().default('https://oauth2.googleapis.com/token'),
  GOOGLE_PROFILE_URL: webUrl().default('https://openidconnect.googleapis.com/v1/userinfo'),
  GOOGLE_ISSUER: webUrl().default('https://accounts.google.com'),
  GOOGLE_KEYS_URL: webUrl().default('https://www.googleapis.com/oauth2/v3/certs'),
  MICROSOFT_CLIENT_ID: z.string().optional(),
  MICROSOFT_CLIENT_SECRET: z.string().optional(),
  MICROSOFT_METADATA_URL: webUrl()
    .refine((url) => url.includes('{tenant}'), { error: 'must hold {tenant} where the directory id goes' })
    .default('https://login.microsoftonline.com/{tenant}/v2.0/.well-known/openid-configuration'),
  MICROSOFT_AUTHORIZATION_URL: webUrl().optional(),
  MICROSOFT_SIGN_IN: z.enum(microsoftLibraries, listOf(microsoftLibraries)).default('passport'),
  OIDC_ISSUER: webUrl().optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_LABEL: z.string().max(40, { error: 'must be at most 40 characters' }).default('Company sign-in'),
  OIDC_TRUST_EMAIL: z.enum(onOff, listOf(onOff)).default('off'),
  SANDBOX_PORT: wholeNumber(0, 65_529, '4010'),
  AUDIT_HEAD_URL: webUrl().optional(),
  ...edgeVariables,
  METRICS_TOKEN: z.string().min(32, 'must have at least 32 characters: make one with "openssl rand -hex 32"').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: webUrl().optional(),
  OTEL_EXPORTER_OTLP_INSECURE: z.enum(['true', 'false'], listOf(['true', 'false'])).default('false'),
  BACKUP_DIR: z.string().optional(),
  BACKUP_KEEP: wholeNumber(1, 365, '7'),
  BACKUP_AT: z
    .string()
    .regex(/^(off|([01]\d|2[0-3]):[0-5]\d)$/, 'must be a time of day like 02:30 (UTC), or off')
    .optional(),
});

/** What the launcher tells its own processes; nobody else sets these. */
export const launcherVariables = z.object({
  COUNTERSIGN_APP_DATABASE_URL: z.string().optional(),
  COUNTERSIGN_SCHEDULER_DATABASE_URL: z.string().optional(),
  COUNTERSIGN_SANDBOX: z.string().optional(),
  COUNTERSIGN_DEMO_FILE: z.string().optional(),
  COUNTERSIGN_SHARED_ACCOUNT: z.string().optional(),
  NODE_EXTRA_CA_CERTS: z.string().optional(),
});

/** Those about keys, for a command that needs no more. */
export const keyVariables = operatorVariables.pick({
  COUNTERSIGN_KEYS: true,
  COUNTERSIGN_KEYS_FILE: true,
  KEYS_URL: true,
  KEYS_TOKEN: true,
  KEYS_TRANSIT_KEY: true,
  KEYS_TRANSIT_MOUNT: true,
});

/** `COUNTERSIGN_SANDBOX`: where the sandbox's servers are, by `identity`, `mailbox` or a connector's key, and the settings that lead there. */
export const sandboxServers = z.object({
  pid: z.int(),
  urls: z.record(z.string(), z.string()),
  environment: z.record(z.string(), z.string()).default({}),
});

export type SandboxServers = z.infer<typeof sandboxServers>;
export type KeyVariables = z.infer<typeof keyVariables>;
export type OperatorVariables = z.infer<typeof operatorVariables>;
export type ProcessRole = (typeof roles)[number];
export type MicrosoftLibrary = (typeof microsoftLibraries)[number];
export type LogLevel = (typeof logLevels)[number];
