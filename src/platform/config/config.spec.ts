import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { parseEnv } from 'node:util';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { OneSentenceError } from '../process/one-sentence-error.js';
import { parseKeyRing } from './key-ring.js';
import { loadConfig } from './load-config.js';
import type { Environment } from './config.js';
import { loadSettings } from './load-settings.js';
import { isSandbox } from './sandbox-mode.js';

const goodKey = createHash('sha256').update('good').digest('base64');
const keys = { COUNTERSIGN_KEYS: `k1:${goodKey}` };
const mail = { SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'billing@msp.example' };
const tls = { TLS_CERT: '/tls/cert.pem', TLS_KEY: '/tls/key.pem' };
const live = { ...keys, ...mail, ...tls, SANDBOX: 'off', PUBLIC_URL: 'https://billing.msp.example/' };
const BUDGET_WORDS =
  'RATE_LIMITS must be like sign-in=60/600,api=600/60 (how many / in seconds), ' +
  'of sign-in, code, code-try, link, api, api-tenant, api-refused, webhook, change, upload.';
const launched = {
  COUNTERSIGN_APP_DATABASE_URL: 'postgresql://127.0.0.1/a',
  COUNTERSIGN_SCHEDULER_DATABASE_URL: 'postgresql://127.0.0.1/s',
};

function problemsOf(env: Environment): string[] {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof OneSentenceError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('the settings', () => {
  it('have defaults for a first look', () => {
    const settings = loadSettings(keys);
    expect(settings).toMatchObject({ port: 3000, role: 'all', sandbox: true, host: '127.0.0.1', publicUrl: 'http://localhost:3000' });
    expect(isAbsolute(settings.dataDir)).toBe(true);
  });

  it.each(['http://127.0.0.1:3100', 'http://127.0.0.2:3100/', 'http://[::1]:3100', 'http://localhost:3100'])(
    'calls this machine by its name, which is what vendors accept and what cookies are bound to: %s',
    (given) => {
      expect(loadSettings({ ...keys, SANDBOX: 'on', PUBLIC_URL: given }).publicUrl).toBe('http://localhost:3100');
    },
  );

  it('read a live environment, and take empty for not set', () => {
    const settings = loadSettings({ ...live, PORT: '8080', ROLE: 'worker', CHROME_PATH: '', GOOGLE_CLIENT_ID: ' ' });
    expect(settings).toMatchObject({
      port: 8080,
      role: 'worker',
      sandbox: false,
      host: '0.0.0.0',
      publicUrl: 'https://billing.msp.example',
    });
    expect([settings.chromePath, settings.google]).toEqual([undefined, undefined]);
  });

  it('trust no proxy unless told which', () => {
    expect(loadSettings(live).trustedProxies).toEqual([]);
    const settings = loadSettings({ ...live, TRUSTED_PROXIES: 'loopback, 10.0.0.0/8,2001:db8::1' });
    expect(settings.trustedProxies).toEqual(['loopback', '10.0.0.0/8', '2001:db8::1']);
  });

  it.each(['everybody', '1.2.3.999', '10.0.0.0/33', '10.0.0.0/8;1.1.1.1', 'true', '1'])('refuse "%s" as a proxy', (given) => {
    expect(problemsOf({ ...live, TRUSTED_PROXIES: given })).toEqual([
      'TRUSTED_PROXIES must be addresses or networks like 10.0.0.0/8 or loopback, comma between.',
    ]);
  });

  it('take a proxy that is known for the one that speaks https, and a worker for nobody whom people reach', () => {
    const plain = { ...live, TLS_CERT: '', TLS_KEY: '' };
    expect(loadSettings({ ...plain, TRUSTED_PROXIES: '10.0.0.0/8' }).edge.tls).toBeUndefined();
    expect(loadSettings({ ...plain, ROLE: 'worker' }).edge.tls).toBeUndefined();
    expect(loadSettings(live).edge.tls).toEqual({ certFile: '/tls/cert.pem', keyFile: '/tls/key.pem', redirectPort: undefined });
  });

  it('let pages of other origins call the API only when they are listed, and replace single limits', () => {
    expect(loadSettings(live).edge.corsOrigins).toEqual([]);
    const { edge } = loadSettings({ ...live, CORS_ORIGINS: 'https://a.example, https://b.example:8443', RATE_LIMITS: 'code=3/60' });
    expect(edge.corsOrigins).toEqual(['https://a.example', 'https://b.example:8443']);
    expect(loadSettings({ ...keys, RATE_LIMITS: 'code=3/60' }).edge.budgets).toMatchObject({ code: { most: 3 }, api: { most: 60_000 } });
    expect([edge.budgets.code, edge.budgets.api]).toEqual([
      { most: 3, seconds: 60 },
      { most: 600, seconds: 60 },
    ]);
  });

  it('read the sign-in providers', () => {
    const settings = loadSettings({
      ...live,
      GOOGLE_CLIENT_ID: 'g',
      GOOGLE_CLIENT_SECRET: 'GOCSPX-w83hf7Qa',
      MICROSOFT_CLIENT_ID: 'm',
      MICROSOFT_CLIENT_SECRET: 'vX8~Q2lmPq0',
    });
    expect(settings.google).toMatchObject({
      clientId: 'g',
      clientSecret: 'GOCSPX-w83hf7Qa',
      tokenUrl: 'https://oauth2.googleapis.com/token',
    });
    expect(settings.microsoft?.metadataUrl).toContain('{tenant}');
    expect(settings.microsoft?.library).toBe('passport');
    const okta = loadSettings({ ...live, OIDC_ISSUER: 'https://id.example', OIDC_CLIENT_ID: 'o', OIDC_CLIENT_SECRET: 'w83hf7Qa-oidc' });
    expect(okta.oidc).toEqual({
      issuer: 'https://id.example',
      clientId: 'o',
      clientSecret: 'w83hf7Qa-oidc',
      label: 'Company sign-in',
      trustEmail: false,
    });
  });

  it.each<[Environment, string]>([
    [{ ...keys, PORT: 'abc' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ ...keys, PORT: '70000' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ ...keys, ROLE: 'boss' }, 'ROLE must be one of all, web, worker.'],
    [{ ...keys, SANDBOX: 'yes' }, 'SANDBOX must be one of auto, on, off.'],
    [{ ...keys, LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.'],
    [{ ...keys, DATABASE_URL: 'mysql://x/y' }, 'DATABASE_URL must be a postgresql:// address.'],
    [{ ...keys, RENDER_PAGES: '0' }, 'RENDER_PAGES must be a whole number from 1 to 32.'],
    [{ ...live, PUBLIC_URL: undefined }, 'PUBLIC_URL is not set: it is the https address at which people reach Countersign.'],
    [{ ...live, PUBLIC_URL: 'http://msp.example' }, 'PUBLIC_URL must begin with https://.'],
    [{ ...live, PUBLIC_URL: 'msp.example' }, 'PUBLIC_URL must be a full http or https address.'],
    [{ ...keys, SANDBOX: 'on', PUBLIC_URL: 'https://msp.example' }, 'PUBLIC_URL must be an address of this machine while SANDBOX is on.'],
    [
      { ...live, MAIL_FROM: undefined, GOOGLE_CLIENT_ID: 'a', GOOGLE_CLIENT_SECRET: 'GOCSPX-w83hf7Qa' },
      'MAIL_FROM is not set, and SMTP_URL is: mail needs a sender.',
    ],
    [{ ...keys, MAIL_FROM: 'a@b.example' }, 'SMTP_URL is not set, and MAIL_FROM is: mail needs a server.'],
    [{ ...live, GOOGLE_CLIENT_ID: 'a' }, 'GOOGLE_CLIENT_SECRET is not set, and GOOGLE_CLIENT_ID is.'],
    [
      { ...live, TLS_CERT: undefined, TLS_KEY: undefined },
      'PUBLIC_URL is https and nothing here speaks it: set TLS_CERT and TLS_KEY, or name the proxy before Countersign in TRUSTED_PROXIES.',
    ],
    [{ ...live, TLS_KEY: undefined }, 'TLS_KEY is not set, and TLS_CERT is.'],
    [{ ...live, TLS_CERT: undefined, TRUSTED_PROXIES: 'loopback' }, 'TLS_CERT is not set, and TLS_KEY is.'],
    [{ ...keys, TLS_REDIRECT_PORT: '80' }, 'TLS_CERT is not set, and TLS_REDIRECT_PORT is: there is nothing to lead to.'],
    [{ ...live, TLS_REDIRECT_PORT: '70000' }, 'TLS_REDIRECT_PORT must be a port.'],
    [{ ...live, CORS_ORIGINS: '*' }, 'CORS_ORIGINS must be https origins like https://app.example, comma between.'],
    [{ ...live, CORS_ORIGINS: 'https://a.example/path' }, 'CORS_ORIGINS must be https origins like https://app.example, comma between.'],
    [{ ...live, CORS_ORIGINS: 'http://a.example' }, 'CORS_ORIGINS must be https origins like https://app.example, comma between.'],
    [{ ...live, RATE_LIMITS: 'api=0/60' }, BUDGET_WORDS],
    [{ ...live, RATE_LIMITS: 'everything=1/60' }, BUDGET_WORDS],
    [{ ...live, MICROSOFT_CLIENT_SECRET: 'vX8~Q2lmPq0' }, 'MICROSOFT_CLIENT_ID is not set, and MICROSOFT_CLIENT_SECRET is.'],
    [{ ...live, OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'w83hf7Qa-oidc' }, 'OIDC_ISSUER is not set, and OIDC_CLIENT_ID is.'],
    [{ ...live, OIDC_CLIENT_ID: 'a', OIDC_ISSUER: 'https://id.example' }, 'OIDC_CLIENT_SECRET is not set, and OIDC_CLIENT_ID is.'],
    [
      { ...live, OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'w83hf7Qa-oidc', OIDC_ISSUER: 'http://id.example' },
      'OIDC_ISSUER must begin with https://.',
    ],
    [
      { ...keys, OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'w83hf7Qa-oidc', OIDC_ISSUER: 'http://id.example' },
      'OIDC_ISSUER must begin with https://.',
    ],
    [{ ...keys, MICROSOFT_SIGN_IN: 'msal' }, 'MICROSOFT_SIGN_IN must be one of passport, openid.'],
    [
      { ...keys, MICROSOFT_METADATA_URL: 'https://login.example/common' },
      'MICROSOFT_METADATA_URL must hold {tenant} where the directory id goes.',
    ],
    [
      { ...live, GOOGLE_CLIENT_ID: 'g', GOOGLE_CLIENT_SECRET: 'changeme' },
      'GOOGLE_CLIENT_SECRET is a placeholder, which everybody can guess: put the real one there.',
    ],
    [
      { ...live, SMTP_URL: 'smtp://mail.example?ignoreTLS=true' },
      'SMTP_URL must not say ignoreTLS: sign-in codes go only over a line that is encrypted and checked.',
    ],
    [{ ...keys, KEYS_URL: 'https://vault.example' }, 'KEYS_TOKEN is not set, and KEYS_URL is.'],
    [{ ...keys, KEYS_TOKEN: 't' }, 'KEYS_URL is not set, and KEYS_TOKEN is.'],
    [{ ...keys, KEYS_URL: 'http://vault.example', KEYS_TOKEN: 't' }, 'KEYS_URL must begin with https://: keys travel on that line.'],
    [{ ...keys, KEYS_TRANSIT_MOUNT: '../sys' }, 'KEYS_TRANSIT_MOUNT must be letters, digits, - and _.'],
    [{ ...keys, COUNTERSIGN_KEYS_FILE: '/x' }, 'Set COUNTERSIGN_KEYS or COUNTERSIGN_KEYS_FILE, not both.'],
    [
      { COUNTERSIGN_KEYS_FILE: '/does/not/exist' },
      "COUNTERSIGN_KEYS_FILE cannot be read: ENOENT: no such file or directory, open '/does/not/exist'.",
    ],
  ])('say in one sentence what is wrong: %j', (env, sentence) => {
    expect(problemsOf(env)).toEqual([sentence]);
  });

  it('do without keys in no mode, and without sign-in only in the sandbox', () => {
    expect(problemsOf({})).toEqual([expect.stringMatching(/^COUNTERSIGN_KEYS is not set: /)]);
    expect(problemsOf({ ...live, SMTP_URL: undefined, MAIL_FROM: undefined })).toEqual([expect.stringMatching(/^Nobody could sign in: /)]);
  });

  it('name all problems at once and never a secret', () => {
    const env = {
      ...live,
      PUBLIC_URL: 'http://msp.example',
      COUNTERSIGN_KEYS: 'k1:c2hvcnQtc2VjcmV0',
      MICROSOFT_CLIENT_SECRET: 'hush-hush-9',
    };
    expect(problemsOf(env)).toHaveLength(3);
    expect(problemsOf(env).join(' ')).not.toMatch(/c2hvcnQ|hush/);
  });
});

describe('a key ring', () => {
  const problem = (text: string): string => {
    const ring = parseKeyRing(text, 'KEYS');
    return 'problems' in ring ? ring.problems.join(' ') : 'none';
  };

  it('seals with the first key and opens with all', () => {
    const ring = parseKeyRing(`new:${randomBytes(32).toString('base64')},\nold:${goodKey}\n`, 'KEYS');
    expect('problems' in ring ? ring.problems : [ring.current.id, ...ring.byId.keys()]).toEqual(['new', 'new', 'old']);
  });

  it.each([
    ['', /holds no key/],
    [goodKey, /key 1 is not written as id:base64/],
    ['k 1:AAAA', /key 1 is not written as id:base64/],
    [`k1:${randomBytes(31).toString('base64')}`, /key 1 has 31 bytes instead of 32/],
    [`k1:${randomBytes(33).toString('base64')}`, /key 1 has 33 bytes instead of 32/],
    [`k1:${Buffer.alloc(32, 7).toString('base64')}`, /key 1 is not random/],
    [`k1:${Buffer.from('0123456789abcdef'.repeat(2)).toString('base64')}`, /key 1 is not random/],
    [`k1:${Buffer.from('correct horse battery staple 123').toString('base64')}`, /key 1 is not random/],
    [`k1:${goodKey},k2:${goodKey}`, /key 2 is the same key as another/],
    [`k1:${goodKey},k1:${randomBytes(32).toString('base64')}`, /key 2 has the same id as another key/],
  ])('refuses a weak or malformed one: %s', (text, sentence) => {
    expect(problem(text)).toMatch(sentence);
  });

  it('refuses the sample of .env.example', () => {
    const sample = parseEnv(readFileSync('.env.example', 'utf8'))['COUNTERSIGN_KEYS'] ?? '';
    expect(problem(sample)).toMatch(/the sample from .env.example/);
  });

  it('can lie in a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'countersign-keys-')), 'keys');
    writeFileSync(file, `k7:${goodKey}\n`);
    expect(loadSettings({ COUNTERSIGN_KEYS_FILE: file }).keys.current.id).toBe('k7');
  });
});

describe('sandbox or live', () => {
  it.each<[Partial<Parameters<typeof isSandbox>[0]>, boolean]>([
    [{}, true],
    [{ PUBLIC_URL: 'http://localhost:3000' }, true],
    [{ PUBLIC_URL: 'http://127.0.0.1:3000' }, true],
    [{ PUBLIC_URL: 'http://[::1]:3000' }, true],
    [{ PUBLIC_URL: 'https://localhost.msp.example' }, false],
    [{ PUBLIC_URL: 'https://127.0.0.1.msp.example' }, false],
    [{ DATABASE_URL: 'postgresql://db/x' }, false],
    [{ NODE_ENV: 'production' }, false],
    [{ NODE_ENV: 'test' }, true],
    [{ SANDBOX: 'off' }, false],
    [{ SANDBOX: 'on', DATABASE_URL: 'postgresql://db/x', NODE_ENV: 'production' }, true],
  ])('%j', (env, sandbox) => {
    expect(isSandbox({ SANDBOX: 'auto', DATABASE_URL: undefined, NODE_ENV: undefined, PUBLIC_URL: undefined, ...env })).toBe(sandbox);
  });
});

describe('the configuration of a process', () => {
  const connector = {
    key: 'acme',
    environment: z.object({ ACME_URL: z.url({ error: 'must be an address' }), ACME_DEPTH: z.string().default('3') }),
  };

  it('holds the variables of the connectors, and cannot be changed', () => {
    const config = loadConfig({ ...live, ...launched, ACME_URL: 'https://acme.example', OTHER: 'x' }, [connector]);
    expect(config.connectorEnvironment).toEqual({ ACME_URL: 'https://acme.example' });
    expect(() => Object.assign(config.connectorEnvironment, { ACME_URL: '' })).toThrow(TypeError);
    expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config.database, { appUrl: 'x' })).toThrow(TypeError);
  });

  it('gathers the problems of all parts', () => {
    expect(() => loadConfig({ ...live, ...launched, PORT: 'x' }, [connector])).toThrow(
      /^ACME_URL is not set\.\nPORT must be a whole number/,
    );
    expect(() => loadConfig({ ...live, ...launched, ACME_URL: 'x' }, [connector])).toThrow(/^ACME_URL must be an address\.$/);
  });

  it('talks to vendors in the clear on this machine alone, once it is live', () => {
    const load = (url: string) => loadConfig({ ...live, ...launched, ACME_URL: url }, [connector]);
    expect(() => load('http://acme.example')).toThrow(/^ACME_URL must begin with https:\/\/\.$/);
    expect(load('http://127.0.0.1:9').connectorEnvironment['ACME_URL']).toBe('http://127.0.0.1:9');
    expect(loadConfig({ ...keys, ...launched, ACME_URL: 'http://acme.example' }, [connector]).sandbox).toBe(true);
  });

  it('talks to a database of another machine in the clear only when that is allowed', () => {
    const away = {
      COUNTERSIGN_APP_DATABASE_URL: 'postgresql://db.example/a',
      COUNTERSIGN_SCHEDULER_DATABASE_URL: 'postgresql://db.example/s',
    };
    expect(() => loadConfig({ ...live, ...away }, [])).toThrow(
      /^COUNTERSIGN_APP_DATABASE_URL leads to another machine.*\nCOUNTERSIGN_SCHEDULER/,
    );
    expect(loadConfig({ ...live, ...away, DATABASE_TLS: 'off' }, []).database.appUrl).toBe('postgresql://db.example/a');
  });

  it('needs the database addresses that the launcher gives', () => {
    expect(() => loadConfig(live, [])).toThrow(/npm start/);
  });

  it('knows the sandbox it was started with', () => {
    const servers = { pid: 42, urls: { mailbox: 'http://127.0.0.1:9' } };
    const config = loadConfig({ ...keys, ...launched, COUNTERSIGN_SANDBOX: JSON.stringify(servers) }, []);
    expect(config.sandboxServers).toEqual(servers);
    expect(loadConfig({ ...live, ...launched }, []).sandboxServers).toBeUndefined();
  });
});
