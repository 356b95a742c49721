/** Goal: every answer of every route carries what keeps browsers safe, no request from elsewhere does anything, and nothing unreadable ends as a fault of ours. */
import 'reflect-metadata';
import { gzipSync } from 'node:zlib';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiModule } from '../../src/api/api.module.js';
import { ApiKeys } from '../../src/identity/api-keys.js';
import { PAGE_POLICY } from '../../src/platform/http/content-policies.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startPages } from '../support/pages.js';
import { seedConnections } from '../support/seed-invoices.js';
import { servedRoutes, type ServedRoute } from '../support/served-routes.js';
import { createTenant } from '../support/tenant.js';

const PUBLIC_URL = 'https://localhost:3000';
const NO_LIMITS =
  'sign-in=999999/60,code=999999/60,link=999999/60,api-refused=999999/60,webhook=999999/60,change=999999/60,upload=999999/60';
const CORS_ORIGINS = 'https://app.example';

let database: TestDatabase;
let app: NestExpressApplication;
let url: string;
let key: string;
let routes: ServedRoute[];

beforeAll(async () => {
  database = await createTestDatabase();
  ({ app, url } = await startPages(database, { PUBLIC_URL, RATE_LIMITS: NO_LIMITS, CORS_ORIGINS }, [ApiModule]));
  const tenantId = await createTenant(database.ownerUrl, 'Northlight');
  await seedConnections(app, tenantId);
  const operator = { kind: 'operator', id: 'test', label: 'Test' } as const;
  ({ key } = await app.get(ApiKeys).create(tenantId, operator, { name: 'owner', role: 'owner' }));
  routes = servedRoutes(app);
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

interface Seen {
  status: number;
  headers: Headers;
  text: string;
}

async function ask(path: string, options: RequestInit & { duplex?: 'half' } = {}): Promise<Seen> {
  const answer = await fetch(url + path, { redirect: 'manual', signal: AbortSignal.timeout(20_000), ...options });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** Pages and the API, by one key. */
const asOwner = (path: string, { headers, ...options }: RequestInit = {}) =>
  ask(path, { ...options, headers: { ...(headers as Record<string, string>), authorization: `Bearer ${key}` } });

const ALWAYS: Readonly<Record<string, RegExp>> = {
  'x-content-type-options': /^nosniff$/,
  'referrer-policy': /^(?:same-origin|no-referrer)$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'strict-transport-security': /^max-age=63072000; includeSubDomains$/,
  'x-frame-options': /^DENY$/,
  'permissions-policy': /camera=\(\).*publickey-credentials-get=\(self\)/,
  'content-security-policy': /default-src 'none'.*frame-ancestors 'none'/,
};

function headerProblems(route: string, { status, headers }: Seen): string[] {
  const problems = Object.entries(ALWAYS).flatMap(([name, wanted]) =>
    wanted.test(headers.get(name) ?? '') ? [] : [`${route} ${status}: ${name}`],
  );
  const policy = headers.get('content-security-policy') ?? '';
  const isPage = (headers.get('content-type') ?? '').startsWith('text/html') && !route.includes(' /api/');
  if (isPage !== (policy === PAGE_POLICY) && !route.includes(' /assets/')) problems.push(`${route} ${status}: ${policy}`);
  if (!isPage && !/; sandbox|script-src 'self'|object-src 'self'/.test(policy)) problems.push(`${route} ${status}: not shut in`);
  if (/unsafe-eval|script-src[^;]*unsafe-inline|\*/.test(policy)) problems.push(`${route} ${status}: too wide`);
  if (!/no-store/.test(headers.get('cache-control') ?? '')) problems.push(`${route} ${status}: may be kept`);
  if (headers.has('x-powered-by')) problems.push(`${route} ${status}: says what it runs on`);
  return problems;
}

const write = (method: string, headers: Record<string, string> = {}): RequestInit =>
  method === 'GET' || method === 'HEAD' ? { method, headers } : { method, headers, body: new URLSearchParams({ field: 'value' }) };

describe('every answer', () => {
  it('of every route carries the headers, whoever asks, and none is a fault of ours', async () => {
    expect(routes.length).toBeGreaterThan(80);
    const problems: string[] = [];
    for (const { method, path } of routes) {
      const seen = await ask(path, write(method));
      problems.push(...headerProblems(`${method} ${path}`, seen));
      if (seen.status >= 500) problems.push(`${method} ${path}: ${seen.status}`);
      if (method !== 'GET' && method !== 'DELETE') continue;
      const known = await asOwner(path, { method });
      problems.push(...headerProblems(`${method} ${path} as owner`, known));
      if (known.status >= 500) problems.push(`${method} ${path} as owner: ${known.status}`);
    }
    expect(problems).toEqual([]);
  });

  it.each(['/nothing/here', '/api/v1/nothing', '/%', '/invoices/%E0%A4%A', '/assets/nothing', '/webhooks/nobody', '/sign-in/%00'])(
    'at %s, where something is wrong, does too',
    async (path) => {
      const seen = await ask(path);
      expect(headerProblems(`GET ${path}`, seen)).toEqual([]);
      expect(seen.status).toBeLessThan(500);
    },
  );
});

describe('looking', () => {
  /** By table, a fingerprint of all rows. What counts and notes that somebody looked is not what they looked at. */
  const NOTES = ['rate_budget', 'api_key', 'session', 'membership'];
  const fingerprints = () =>
    withClient(database.ownerUrl, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')",
      );
      const found: Record<string, string> = {};
      for (const { name } of rows.filter((row) => !NOTES.includes(row.name))) {
        const table = client.escapeIdentifier(name);
        const read = await client.query<{ print: string }>(
          `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as print from ${table} t`,
        );
        found[name] = read.rows[0]?.print ?? '';
      }
      return found;
    });

  it('changes nothing: no GET of any route writes, whatever method a header or a field claims', async () => {
    const before = await fingerprints();
    const claims = { 'x-http-method-override': 'DELETE', 'x-http-method': 'POST', 'x-method-override': 'PUT' };
    // Handing the log out is an event itself, and the only thing that a look leaves behind.
    for (const { path } of routes.filter((route) => route.method === 'GET' && !/audit.*export/.test(route.path))) {
      await asOwner(path.startsWith('/api/') ? path : `${path}?_method=DELETE&method=POST`, { headers: claims });
    }
    expect(Object.keys(before).length).toBeGreaterThan(20);
    expect(await fingerprints()).toEqual(before);
  });
});

describe('a request from another site', () => {
  const SAID: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: 'https://sibling.localhost:3000' },
    { origin: 'null' },
    { origin: 'http://localhost:3000' },
    { cookie: '__Host-countersign=x' },
  ];

  it('does nothing at any route that could', async () => {
    const passed: string[] = [];
    for (const { method, path } of routes.filter((route) => !['GET', 'HEAD', 'OPTIONS'].includes(route.method))) {
      for (const headers of SAID) {
        const { status } = await ask(path, write(method, headers));
        if (status !== 403) passed.push(`${method} ${path} ${JSON.stringify(headers)}: ${status}`);
      }
    }
    expect(passed).toEqual([]);
  });

  it('reads nothing of the API unless its origin is listed, and never with cookies', async () => {
    const preflight = (origin: string, path = '/api/v1/invoices') =>
      ask(path, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      });
    for (const origin of ['https://evil.example', 'null', 'https://app.example.evil.example', 'http://app.example', `${PUBLIC_URL}`])
      expect([...(await preflight(origin)).headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    const allowed = await preflight('https://app.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(allowed.headers.get('vary')).toMatch(/Origin/);
    expect(allowed.headers.has('access-control-allow-credentials')).toBe(false);
    for (const path of ['/invoices', '/sign-in', '/api/v2/x', '/webhooks/xero'])
      expect((await preflight('https://app.example', path)).headers.has('access-control-allow-origin'), path).toBe(false);
    const read = await asOwner('/api/v1/invoices', { headers: { origin: 'https://app.example' } });
    expect([read.status, read.headers.get('access-control-allow-origin')]).toEqual([200, 'https://app.example']);
  });
});

describe('what cannot be read', () => {
  const json = { 'content-type': 'application/json' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const API = '/api/v1/invoices/01900000-0000-7000-8000-000000000000/approval';

  it.each<[string, string, RequestInit, number]>([
    ['JSON over 1 MB', API, { method: 'POST', headers: json, body: JSON.stringify({ x: 'y'.repeat(1_100_000) }) }, 413],
    ['a form over 256 kB', '/sign-in/code', { method: 'POST', headers: form, body: `email=${'a'.repeat(300_000)}` }, 413],
    ['a form of too many fields', '/sign-in/code', { method: 'POST', headers: form, body: 'a=1&'.repeat(1_200) }, 413],
    ['JSON nested without end', API, { method: 'POST', headers: json, body: '['.repeat(500_000) }, 400],
    ['objects nested without end', API, { method: 'POST', headers: json, body: `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}` }, 400],
    ['JSON that is none', API, { method: 'POST', headers: json, body: '{"a":' }, 400],
    ['another charset', API, { method: 'POST', headers: { 'content-type': 'application/json; charset=koi8-r' }, body: '{}' }, 415],
    [
      'a bomb of zeros',
      API,
      { method: 'POST', headers: { ...json, 'content-encoding': 'gzip' }, body: new Uint8Array(gzipSync(Buffer.alloc(50_000_000, 0x20))) },
      415,
    ],
    [
      'a compressed form',
      '/sign-in/code',
      { method: 'POST', headers: { ...form, 'content-encoding': 'gzip' }, body: new Uint8Array(gzipSync('email=a')) },
      415,
    ],
    [
      'a compressed webhook',
      '/webhooks/xero',
      { method: 'POST', headers: { 'content-encoding': 'gzip' }, body: new Uint8Array(gzipSync('{}')) },
      415,
    ],
    ['a webhook over 1 MB', '/webhooks/xero', { method: 'POST', body: 'x'.repeat(1_100_000) }, 413],
    ['an endless address', `/invoices?q=${'a'.repeat(9_000)}`, {}, 414],
    ['an endless address of the API', `/api/v1/invoices?q=${'a'.repeat(9_000)}`, {}, 414],
  ])('is refused cleanly: %s', async (_, path, options, status) => {
    const seen = await ask(path, options);
    expect(seen.status).toBe(status);
    expect(headerProblems(`${options.method ?? 'GET'} ${path}`, seen)).toEqual([]);
    if (path.startsWith('/api/')) expect(JSON.parse(seen.text)).toMatchObject({ status });
    expect(seen.text).not.toMatch(/at .*\.(?:ts|js):\d/);
  });

  it.each([
    ['no boundary', 'multipart/form-data', 'x'],
    [
      'a part that does not end',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="logo"; filename="a"\r\n\r\nx',
    ],
    [
      'many files',
      'multipart/form-data; boundary=b',
      `${'--b\r\nContent-Disposition: form-data; name="logo"; filename="a"\r\n\r\nx\r\n'.repeat(3)}--b--`,
    ],
    ['many fields', 'multipart/form-data; boundary=b', `${'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'.repeat(50)}--b--`],
    [
      'a name that pollutes',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="__proto__[polluted]"\r\n\r\nx\r\n--b--',
    ],
  ])('is refused cleanly: an upload with %s', async (_, contentType, body) => {
    const answer = await asOwner('/settings/brand', { method: 'POST', headers: { 'content-type': contentType }, body });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  it('pollutes no prototype by a body, a query or a form', async () => {
    const keys = ['__proto__', 'constructor', '__proto__[polluted]', 'constructor[prototype][polluted]', 'toString', 'hasOwnProperty'];
    for (const { method, path } of routes) {
      const query = keys.map((key) => `${encodeURIComponent(key)}=polluted`).join('&');
      const options = write(method, method === 'GET' ? {} : json);
      const body = `{"__proto__":{"polluted":1},"\\u005f_proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`;
      const seen = await ask(`${path}?${query}`, method === 'GET' ? options : { ...options, body });
      expect(seen.status, `${method} ${path}`).toBeLessThan(500);
      if (method === 'GET' && !path.startsWith('/api/')) expect((await asOwner(`${path}?${query}`)).status, path).toBeLessThan(500);
      if (method === 'POST' && !path.startsWith('/api/'))
        expect((await asOwner(path, { method: 'POST', body: new URLSearchParams(query) })).status, path).toBeLessThan(500);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('adds no header and leads nowhere else, whatever line breaks and addresses a parameter holds', async () => {
    const evil = [
      '%0d%0aSet-Cookie:%20evil=1',
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '%2f%2fevil.example',
      'javascript:alert(1)',
      '%E5%98%8A%E5%98%8DSet-Cookie:evil=1',
    ];
    for (const value of evil) {
      for (const path of [
        `/sign-in?returnTo=${value}`,
        `/sign-in/google?returnTo=${value}`,
        `/sign-in/${value.replaceAll('/', '%2f')}`,
        `/connect/${encodeURIComponent(value)}`,
        `/invoices?q=${value}`,
      ]) {
        for (const seen of [await ask(path), await asOwner(path)]) {
          expect(seen.status, path).toBeLessThan(500);
          expect(seen.headers.getSetCookie().join(), path).not.toMatch(/evil=1/);
          const location = seen.headers.get('location') ?? '/';
          expect(new URL(location, PUBLIC_URL).hostname, path).not.toBe('evil.example');
        }
      }
    }
    const typed = await ask('/sign-in/code', {
      method: 'POST',
      body: new URLSearchParams({ email: 'a@b.example\r\nBcc: all@msp.example', returnTo: '//evil.example' }),
    });
    expect(typed.status).toBe(422);
  });

  it('is never a fault when a parameter comes twice', async () => {
    for (const { method, path } of routes.filter((route) => route.method === 'GET')) {
      const query =
        '?q=1&q=2&state=a&state=b&limit=1&limit=2&cursor=a&cursor=b&location=1&location=2&hash=1&hash=2&returnTo=/a&returnTo=//b';
      expect((await asOwner(path + query, { method })).status, path).toBeLessThan(500);
    }
  });
});
