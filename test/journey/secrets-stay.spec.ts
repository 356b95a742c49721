/** Goal: no secret that the product handles leaves the place it is sealed in: not to a log, a table, a job, a page or an answer. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MSP } from '../../sandbox/msp/msp.js';
import { FixedClock } from '../../src/platform/clock/fixed-clock.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { randomKey, ringOf, TableInMemory, vaultOf } from '../../src/platform/vault/vault.fixture.js';
import type { MailboxMessage } from '../../sandbox/mailbox/index.js';
import { Countersign, readDemo, type Demo } from '../../sandbox/tour/countersign.js';
import { SEALED_COLUMNS } from '../../src/database/sealed-columns.js';
import { Canaries } from '../support/canaries.js';
import { CookieBrowser } from '../support/cookie-browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { everyRow } from '../support/every-row.js';
import { plantInstallationSecret } from '../support/installation-secret.js';
import { launch, launchStart, untilReady } from '../support/launched.js';

const [k1, k2] = [randomKey('k1'), randomKey('k2')];
const ringText = (...keys: (typeof k1)[]) => keys.map(({ id, bytes }) => `${id}:${bytes.toString('base64')}`).join(',');
const dataDir = mkdtempSync(join(tmpdir(), 'countersign-canaries-'));
const canaries = new Canaries();
/** What the processes said, and every answer that may not hold a secret. */
const emitted: { where: string; text: string }[] = [];
let database: TestDatabase;
let stop = async (): Promise<void> => {};
let demo: Demo;

/**
 * The one list. Whatever secret the product learns to handle gets a line here: where the test finds its value. Variables and
 * sealed columns need none, since all of them are taken by their name.
 */
async function collect(): Promise<void> {
  const pids = (JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as { pids: { app: number } }).pids;
  const pairs = readFileSync(`/proc/${pids.app}/environ`, 'utf8').split('\0');
  const given = pairs.map((pair) => /^([^=]+)=(.*)$/s.exec(pair) ?? []).map(([, name = '', value = '']): [string, string] => [name, value]);
  // The sandbox's own settings come to the app as one variable.
  const sandbox = JSON.parse(Object.fromEntries(given)['COUNTERSIGN_SANDBOX'] ?? '{}') as { environment?: Record<string, string> };
  for (const [name, value] of [...given, ...Object.entries(sandbox.environment ?? {})]) {
    if (/(SECRET|TOKEN|PASSWORD|KEY)$/.test(name)) canaries.add(name, value);
    if (name.endsWith('_URL') && URL.canParse(value)) canaries.add(`${name} password`, decodeURIComponent(new URL(value).password));
  }
  for (const key of [k1, k2]) {
    canaries.add(`key ring ${key.id}`, key.bytes.toString('base64'));
    canaries.add(`key ring ${key.id}`, key.bytes.toString('hex'));
  }
  for (const [name, key] of Object.entries(demo.apiKeys)) canaries.add(`API key ${name}`, key);
  await collectSealed();
}

/** Everything that the vault holds, opened with the keys that only this test and the app have. */
async function collectSealed(): Promise<void> {
  const table = new TableInMemory();
  const { vault } = vaultOf(ringOf(k2, k1), new FixedClock(new Date()), { table });
  await withClient(database.ownerUrl, async (owner) => {
    const keys = await owner.query<{ t: string; id: string; wrapped: string }>(
      'select tenant_id as t, id, wrapped_key as wrapped from tenant_key',
    );
    for (const { t, id, wrapped } of keys.rows) table.rows.set(t, { id, wrapped });
    for (const { table: name, column, field } of SEALED_COLUMNS) {
      const sealed = `select tenant_id as "tenantId", id as "connectionId", ${column} as sealed from ${name} where ${column} is not null`;
      const { rows } = await owner.query<{ tenantId: string; connectionId: string; sealed: string }>(sealed);
      for (const { sealed: envelope, ...place } of rows) {
        const values = JSON.parse(await vault.open(envelope, { ...place, field })) as Record<string, unknown>;
        for (const [key, value] of Object.entries(values))
          if (/token|secret|key|password/i.test(key) && key !== 'publicKey') canaries.add(`${name} ${key}`, String(value));
      }
    }
  });
}

const live = (...keys: (typeof k1)[]) => ({
  DATA_DIR: dataDir,
  SANDBOX: 'on',
  LOG_LEVEL: 'trace',
  DATABASE_URL: database.ownerUrl,
  COUNTERSIGN_KEYS: ringText(...keys),
});

async function start(...keys: (typeof k1)[]): Promise<void> {
  const launched = launchStart(live(...keys));
  stop = async () => {
    await launched.stop();
    emitted.push({ where: 'the output of the processes', text: launched.output() });
    stop = async () => {};
  };
  await untilReady(launched);
  demo = readDemo(dataDir) as Demo;
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = performance.now() + 580_000; performance.now() < deadline; await sleep(200)) {
    const seen = await look();
    if (seen !== undefined) return seen;
  }
  throw new Error('It did not come in time');
}

async function mail(to: string, about: RegExp): Promise<MailboxMessage> {
  return await until(async () => {
    const answer = await fetch(`${demo.sandbox['mailbox']}/_sandbox/messages?to=${encodeURIComponent(to)}`);
    return ((await answer.json()) as MailboxMessage[]).findLast(({ subject }) => about.test(subject));
  });
}

async function fault(key: string, fault: object): Promise<void> {
  await fetch(`${demo.sandbox[key]}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(fault) });
}

/** With the owner's key; what comes back must be free of secrets. */
async function ask(method: string, path: string, body?: unknown): Promise<string> {
  const isForm = body instanceof URLSearchParams;
  const answer = await fetch(demo.url + path, {
    method,
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${demo.apiKeys['owner'] ?? ''}`,
      ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: isForm ? body : typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (path !== '/settings/api-keys') emitted.push({ where: `${method} ${path}`, text });
  return text;
}

beforeAll(async () => {
  database = await createTestDatabase();
  await plantInstallationSecret(database.ownerUrl, k1);
  await start(k1);
});

afterAll(async () => {
  await stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('secrets stay where they are', () => {
  it('while people sign in, invite, make keys and mistakes', async () => {
    const email = MSP.members[0]?.email ?? '';
    const person = new CookieBrowser(demo.url);
    await person.post('/sign-in/code', { email, returnTo: '/' });
    const code = /\d{6}/.exec((await mail(email, /code/)).text)?.[0] ?? '';
    canaries.add('e-mail code', code);
    for (const tried of ['000000', 'no code', code]) {
      const { body } = await person.post('/sign-in/code/verification', { code: tried });
      emitted.push({ where: 'the page after a code', text: body });
    }
    for (const line of person.cookieLines) canaries.add(`cookie ${line.split('=')[0]}`, /=([^;]+)/.exec(line)?.[1]);
    expect((await person.visit('/invoices')).status).toBe(200);

    const made = await ask('POST', '/settings/api-keys', new URLSearchParams({ name: 'Canary', role: 'member' }));
    const key = /id="new-key">([^<]+)</.exec(made)?.[1];
    expect(key).toBeDefined();
    canaries.add('API key made on the page', key);
    await ask('POST', '/settings/members/invitations', new URLSearchParams({ email: 'canary@lumen.example', role: 'member' }));
    const link = (await mail('canary@lumen.example', /invites/)).links.at(-1) ?? '';
    const secret = /[?&/=#]([A-Za-z0-9_-]{20,})$/.exec(link)?.[1];
    expect(secret, link).toBeDefined();
    canaries.add('invitation link', secret);
    await new CookieBrowser(demo.url).visit(link);

    for (const [method, path, body] of [
      ['GET', '/nowhere', undefined],
      ['GET', `/nowhere?token=${code}x`, undefined],
      ['POST', '/api/v1/sync-runs', '{"broken'],
      ['POST', '/api/v1/sync-runs', { connectionId: 'no' }],
      ['GET', '/api/v1/invoices?cursor=nonsense', undefined],
      ['POST', '/webhooks/xero', { events: [] }],
      ['GET', '/connect/xero/callback?code=x&state=y', undefined],
      ['GET', '/settings/api-keys', undefined],
      ['GET', '/connections', undefined],
      ['GET', '/health/ready', undefined],
    ] as const)
      await ask(method, path, body);
  });

  it('while vendors fail in every way, tokens are renewed and documents are posted', async () => {
    await collect();
    const script = new Countersign(demo.url, demo.apiKeys['owner'] ?? '');
    const connections = await until(async () => {
      const all = await script.connections();
      return all.length === 3 && (await script.invoices('in_review')).length > 3 ? all : undefined;
    });
    for (const { connector } of connections) {
      await fault(connector, { match: {}, mode: 'status', status: 401, count: 1 });
      await fault(connector, { match: {}, mode: 'status', status: 500, count: 1 });
      await fault(connector, { match: {}, mode: 'malformed', count: 1 });
      await fault(connector, { match: { path: 'oken' }, mode: 'status', status: 400, count: 1 });
      await fault(connector, { match: {}, mode: 'drop-after-commit', count: 1 });
    }
    for (const { id } of connections) {
      await ask('POST', `/connections/${id}/check`, new URLSearchParams());
      await ask('POST', '/api/v1/sync-runs', { connectionId: id });
      await ask('GET', `/connections/${id}`);
    }
    for (const { id } of (await script.invoices('in_review')).slice(0, 3)) {
      const { hash } = await script.document(id);
      expect(JSON.parse(await ask('POST', `/api/v1/invoices/${id}/approval`, { documentHash: hash }))).toMatchObject({ final: true });
      await ask('GET', `/api/v1/invoices/${id}`);
    }
    // Sent, that is: whatever came of it, a vendor was asked with what opens the connection.
    await until(async () => {
      const { items } = z
        .object({ items: z.array(z.object({ state: z.string() })) })
        .parse(JSON.parse(await ask('GET', '/api/v1/postings')));
      return items.some(({ state }) => state !== 'planned') ? true : undefined;
    });
    for (const path of ['/api/v1/postings', '/api/v1/sync-runs', '/api/v1/audit-events', '/api/v1/connections', '/postings'])
      await ask('GET', path);
    await collect();
  });

  it('while the keys are rotated beside the running app, which then starts with the new one alone', async () => {
    const rotation = launch(['dist/cli.js', 'rotate-keys'], {
      DATA_DIR: dataDir,
      DATABASE_URL: database.ownerUrl,
      COUNTERSIGN_KEYS: ringText(k2, k1),
    });
    expect(await rotation.ended, rotation.output()).toBe(0);
    expect(rotation.output()).toMatch(/100 %/);
    expect(rotation.output()).toMatch(/sealed values of 1 tenants were brought under the key k2/);
    emitted.push({ where: 'rotate-keys', text: rotation.output() });
    await stop();
    await start(k2);
    await collect();
    const script = new Countersign(demo.url, demo.apiKeys['owner'] ?? '');
    for (const { id } of await script.connections()) await ask('POST', `/connections/${id}/check`, new URLSearchParams());
  });

  it('while nothing starts, because something about them is wrong', async () => {
    const bad: Record<string, string> = {
      COUNTERSIGN_KEYS: `k1:${Buffer.from('canary-key-that-is-typed-by-hand').toString('base64')}`,
      SMTP_URL: ['smtp://postmaster:', 'canary-smtp-password', '@'].join(''),
      XERO_CLIENT_SECRET: 'canary-xero-client-secret',
      GOOGLE_CLIENT_SECRET: 'canary-google-client-secret',
      KEYS_TOKEN: 'canary-key-service-token',
      DATABASE_URL: withPassword('postgresql://owner@127.0.0.1:1/x', 'canary-database-password'),
    };
    for (const [name, value] of Object.entries(bad)) canaries.add(`wrong ${name}`, /canary[a-z-]+/.exec(value)?.[0] ?? value);
    for (const env of [bad, { ...live(k2), DATABASE_URL: bad['DATABASE_URL'] ?? '' }, { ...live(randomKey('k9')) }]) {
      const { ended, output } = launchStart({ ...env, DATA_DIR: `${dataDir}-other` });
      expect(await ended, output()).toBe(1);
      emitted.push({ where: 'a start that was refused', text: output() });
    }
    rmSync(`${dataDir}-other`, { recursive: true, force: true });
  });

  it('so that none of them is found anywhere', async () => {
    await stop();
    const rows = await everyRow(database.ownerUrl);
    // A search that could not find would be content with anything.
    expect(rows.length).toBeGreaterThan(500);
    expect(rows.some(({ table }) => table.startsWith('pgboss.'))).toBe(true);
    expect(canaries.names()).toEqual(
      expect.arrayContaining([
        'API key made on the page',
        'connection accessToken',
        'connection privateKey',
        'cookie countersign',
        'e-mail code',
        'invitation link',
        'key ring k1',
        'XERO_CLIENT_SECRET',
        'QUICKBOOKS_WEBHOOK_TOKEN',
        'COUNTERSIGN_APP_DATABASE_URL password',
      ]),
    );
    expect(emitted.flatMap(({ where, text }) => canaries.in(text).map((name) => `${name} in ${where}`))).toEqual([]);
    expect([...new Set(rows.flatMap(({ table, text }) => canaries.in(text).map((name) => `${name} in ${table}`)))]).toEqual([]);
  });
});

describe('the search', () => {
  it('finds a secret in every spelling that programs give it', () => {
    const some = new Canaries();
    some.add('secret', 'a "secret"/that=is long');
    some.add('code', '123456');
    const value = 'a "secret"/that=is long';
    for (const text of [
      value,
      JSON.stringify({ value }),
      encodeURIComponent(value),
      Buffer.from(value).toString('base64'),
      Buffer.from(value).toString('hex'),
    ])
      expect(some.in(`before ${text} after`)).toEqual(['secret']);
    expect([some.in('code 123456.'), some.in('code 123456 '), some.in('91234567'), some.in('12.123456')]).toEqual([[], ['code'], [], []]);
  });
});

/** Put together, so that no address with a password stands in a file. */
function withPassword(address: string, password: string): string {
  const url = new URL(address);
  url.password = password;
  return url.href;
}
