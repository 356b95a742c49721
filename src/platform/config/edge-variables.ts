import { z } from 'zod';

/** How many of what in how many seconds, for one address, key, person or company. */
export interface Budget {
  most: number;
  seconds: number;
}

/**
 * By whom each is counted: sign-in and links by the network address, behind which a whole office may sit; code and code-try (asking
 * for one and typing one) by the mail address; api by key;
 * api-tenant by company; api-refused by the network address of wrong keys; webhook by the address called and by network address;
 * change and upload by person or key.
 */
export const DEFAULT_BUDGETS = {
  'sign-in': { most: 60, seconds: 600 },
  code: { most: 10, seconds: 900 },
  'code-try': { most: 10, seconds: 900 },
  link: { most: 60, seconds: 600 },
  api: { most: 600, seconds: 60 },
  'api-tenant': { most: 3_000, seconds: 60 },
  'api-refused': { most: 60, seconds: 600 },
  webhook: { most: 1_200, seconds: 60 },
  change: { most: 600, seconds: 60 },
  upload: { most: 60, seconds: 600 },
} as const satisfies Readonly<Record<string, Budget>>;

export type BudgetName = keyof typeof DEFAULT_BUDGETS;
type ConfiguredBudgets = Readonly<Record<BudgetName, Budget>>;

export interface EdgeSettings {
  /** Origins whose pages may call the API. */
  corsOrigins: readonly string[];
  tls: { certFile: string; keyFile: string; redirectPort: number | undefined } | undefined;
  budgets: ConfiguredBudgets;
}

const names = Object.keys(DEFAULT_BUDGETS) as BudgetName[];

const origins = z
  .string()
  .default('')
  .transform(listed)
  .refine((parts) => parts.every(isOrigin), { error: 'must be https origins like https://app.example, comma between' });

const budgets = z
  .string()
  .default('')
  .transform((text, context): Partial<ConfiguredBudgets> => {
    const given = listed(text).map((part) => /^([a-z-]+)=(\d{1,7})\/(\d{1,5})$/.exec(part));
    const read = given.map((match) => [match?.[1], { most: wholeOf(match?.[2]), seconds: wholeOf(match?.[3]) }] as const);
    if (read.some(([name, { most, seconds }]) => !names.includes(name as BudgetName) || most < 1 || seconds < 1)) {
      context.addIssue(`must be like sign-in=60/600,api=600/60 (how many / in seconds), of ${names.join(', ')}`);
    }
    return Object.fromEntries(read) as Partial<ConfiguredBudgets>;
  });

/** What an operator may set about the edge; part of `operatorVariables`. */
export const edgeVariables = {
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  TLS_REDIRECT_PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port')
    .transform(wholeOf)
    .refine((port) => port > 0 && port < 65_536, { error: 'must be a port' })
    .optional(),
  CORS_ORIGINS: origins,
  RATE_LIMITS: budgets,
};

interface Given {
  TLS_CERT?: string | undefined;
  TLS_KEY?: string | undefined;
  TLS_REDIRECT_PORT?: number | undefined;
  CORS_ORIGINS: string[];
  RATE_LIMITS: Partial<ConfiguredBudgets>;
}

/** In the sandbox everybody comes from one address, this machine's, and much of it is scripts that show what happens. */
const SANDBOX_FACTOR = 100;

export function edgeSettings(given: Given, sandbox: boolean, problem: (sentence: string) => void): EdgeSettings {
  const { TLS_CERT: certFile, TLS_KEY: keyFile, TLS_REDIRECT_PORT: redirectPort } = given;
  if (certFile === undefined && keyFile !== undefined) problem('TLS_CERT is not set, and TLS_KEY is.');
  if (certFile !== undefined && keyFile === undefined) problem('TLS_KEY is not set, and TLS_CERT is.');
  if (redirectPort !== undefined && certFile === undefined)
    problem('TLS_CERT is not set, and TLS_REDIRECT_PORT is: there is nothing to lead to.');
  return {
    corsOrigins: Object.freeze(given.CORS_ORIGINS),
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile, redirectPort } : undefined,
    budgets: Object.freeze({ ...defaults(sandbox), ...given.RATE_LIMITS }),
  };
}

function defaults(sandbox: boolean): ConfiguredBudgets {
  if (!sandbox) return DEFAULT_BUDGETS;
  const wider = Object.entries<Budget>(DEFAULT_BUDGETS).map(([name, { most, seconds }]) => [
    name,
    { most: most * SANDBOX_FACTOR, seconds },
  ]);
  return Object.fromEntries(wider) as ConfiguredBudgets;
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && /^https:|^http:\/\/(?:localhost|127\.0\.0\.1)(?::|$)/.test(text);
}

function wholeOf(text: string | undefined): number {
  return Number.parseInt(text ?? '0', 10);
}
