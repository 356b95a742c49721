/**
 * Attack: SQL, header, template, path and prototype tricks in every field that the product's own pages and description offer, by
 * an owner, who is let furthest in. Success would be a 500, a header of the attacker's, raw markup in an answer, a changed
 * prototype, or a row of another tenant. Forms are found by following the pages' own links.
 */
import 'reflect-metadata';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crawl, type Crawl, type Form } from '../support/attack/crawl.js';
import { describedBody, type Description } from '../support/attack/described-bodies.js';
import { countNoTries } from '../support/attack/endless-tries.js';
import { aFullTenant, printOf, type FullTenant } from '../support/attack/full-tenant.js';
import { rawRequest } from '../support/attack/requests.js';
import {
  at,
  endsSession,
  expectStillIn,
  isUnsafe,
  routesOf,
  startWholeApp,
  wasNotTried,
  type WholeApp,
} from '../support/attack/whole-app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const MARK = '<x-pwned onclick=alert(1)>';
const HOSTILE: readonly string[] = [
  `' or '1'='1' --`,
  `'; drop table invoice; --`,
  `$1 || pg_sleep(9)`,
  `%' escape '%`,
  `\\'; select 1`,
  `\u0000`,
  `x\r\nSet-Cookie: pwned=1\r\n\r\n${MARK}`,
  `x%0d%0aSet-Cookie: pwned=1`,
  MARK,
  `"><script>alert(1)</script>`,
  `javascript:alert(1)//https://x.example`,
  `{{#with this}}{{lookup constructor "name"}}{{/with}}`,
  `../../../../etc/passwd`,
  `__proto__`,
  `constructor[prototype][pwned]=1`,
  `=HYPERLINK("https://evil.example","x")`,
  `\uD800 lone`,
  `9`.repeat(400),
  `2026-13-45`,
  `-1`,
  `1e309`,
  `ﬀ‮gpj.exe`,
];

/** `npm run test:long` tries every text in every field of a form; otherwise neighbouring fields share them. */
const IS_LONG = process.env['TEST_LONG'] === 'yes';

let database: TestDatabase;
let whole: WholeApp;
let owner: pg.Client;
let attacker: FullTenant;
let bystander: FullTenant;
let found: Crawl;
let description: Description;

beforeAll(async () => {
  database = await createTestDatabase();
  whole = await startWholeApp(database);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await countNoTries(owner);
  attacker = await aFullTenant(whole.app, database.ownerUrl, 'Mallory');
  bystander = await aFullTenant(whole.app, database.ownerUrl, 'Bystander');
  found = await crawl(whole.url, session());
  description = (await (await fetch(`${whole.url}/api/v1/openapi.json`)).json()) as Description;
});
afterAll(async () => {
  await owner.end();
  await whole.app.close();
  await database.drop();
});

function session(): Record<string, string> {
  return { cookie: attacker.cookies.owner, 'sec-fetch-site': 'same-origin' };
}

/** What is wrong with an answer to `sent`, or nothing. */
async function problemsOfAnswer(where: string, sent: string, answer: Response): Promise<string[]> {
  const body = await answer.text();
  const isMarkup = /html/.test(answer.headers.get('content-type') ?? '');
  return [
    ...wasNotTried(where, answer),
    ...(answer.status >= 500 ? [`${where} with ${JSON.stringify(sent)}: ${answer.status}`] : []),
    ...(answer.headers.getSetCookie().some((cookie) => cookie.startsWith('pwned')) ? [`${where}: a cookie of the attacker's`] : []),
    ...(isMarkup && /<x-pwned|<script>alert|href="javascript:/i.test(body) ? [`${where} with ${JSON.stringify(sent)}: raw markup`] : []),
    ...(/Bystander/.test(body) ? [`${where} with ${JSON.stringify(sent)}: another tenant's words`] : []),
  ];
}

async function submit(form: Form, hostile: string, target: string): Promise<string[]> {
  const fields = new URLSearchParams(form.fields.map(({ name, value }): [string, string] => [name, name === target ? hostile : value]));
  const isRead = form.method === 'GET' || form.method === 'DELETE';
  const address = isRead ? `${form.action}${form.action.includes('?') ? '&' : '?'}${fields}` : form.action;
  const answer = await fetch(whole.url + address, {
    method: form.method,
    redirect: 'manual',
    headers: session(),
    ...(!isRead && { body: fields }),
  });
  return await problemsOfAnswer(`${form.method} ${form.action} ${target}`, hostile, answer);
}

describe('hostile text', () => {
  it('does nothing in any field of any form of our pages', async () => {
    const before = await printOf(owner, bystander.tenantId);
    expect(found.pages.length).toBeGreaterThan(15);
    expect(found.forms.length).toBeGreaterThan(20);
    const successes: string[] = [];
    for (const form of found.forms) {
      for (const [turn, target] of [...new Set(form.fields.map(({ name }) => name))].entries())
        for (const hostile of HOSTILE.filter((_, index) => IS_LONG || index % 2 === turn % 2))
          successes.push(...(await submit(form, hostile, target)));
      await expectStillIn(whole.url, session(), `${form.method} ${form.action}`);
    }
    expect(successes).toEqual([]);
    expect(await printOf(owner, bystander.tenantId)).toEqual(before);
  });

  it('does nothing in any query that our pages link to', async () => {
    const addresses = found.pages.filter((page) => page.includes('?'));
    expect(addresses.length).toBeGreaterThan(3);
    const successes: string[] = [];
    for (const address of addresses) {
      for (const name of new URL(address, whole.url).searchParams.keys()) {
        for (const hostile of HOSTILE) {
          const url = new URL(address, whole.url);
          url.searchParams.set(name, hostile);
          successes.push(
            ...(await problemsOfAnswer(`GET ${address} ${name}`, hostile, await fetch(url, { headers: session(), redirect: 'manual' }))),
          );
        }
      }
    }
    await expectStillIn(whole.url, session(), 'the queries');
    expect(successes).toEqual([]);
  });

  it('does nothing in any path parameter, of pages and of the API', async () => {
    const routes = routesOf(whole.app).filter(({ path, parameters }) => parameters.length > 0 && !endsSession(path));
    expect(routes.length).toBeGreaterThan(40);
    const successes: string[] = [];
    for (const route of routes) {
      const headers = route.path.startsWith('/api/') ? { authorization: `Bearer ${attacker.keys.owner}` } : session();
      for (const hostile of HOSTILE.filter((text) => text !== '\uD800 lone')) {
        const answer = await fetch(whole.url + at(route, hostile), { method: route.method, redirect: 'manual', headers });
        successes.push(...(await problemsOfAnswer(`${route.method} ${route.path}`, hostile, answer)));
      }
      await expectStillIn(whole.url, session(), `${route.method} ${route.path}`);
    }
    expect(successes).toEqual([]);
  });

  it('does nothing in any query parameter or body of the API', async () => {
    const headers = { authorization: `Bearer ${attacker.keys.owner}`, 'content-type': 'application/json' };
    const successes: string[] = [];
    for (const [path, methods] of Object.entries(description.paths)) {
      for (const [method, { parameters = [] }] of Object.entries(methods)) {
        const address = `${whole.url}/api/v1${path.replaceAll(/\{\w+\}/g, attacker.invoices.get('10002') ?? '')}`;
        for (const hostile of HOSTILE) {
          const query = new URLSearchParams(
            parameters.filter((one) => one.in === 'query').map(({ name }): [string, string] => [name, hostile]),
          );
          const body =
            method === 'get'
              ? undefined
              : JSON.stringify(describedBody(description, method, `/api/v1${path}`, hostile, hostile) ?? { x: hostile });
          const answer = await fetch(`${address}?${query}`, { method: method.toUpperCase(), headers, ...(body !== undefined && { body }) });
          successes.push(...(await problemsOfAnswer(`${method} ${path}`, hostile, answer)));
        }
      }
    }
    expect(successes).toEqual([]);
  });
});

describe('hostile shapes', () => {
  const SHAPES: readonly string[] = [
    '{"__proto__":{"pwned":true}}',
    '{"constructor":{"prototype":{"pwned":true}}}',
    '[]',
    'null',
    '"text"',
    '{"documentHash":{"$ne":null}}',
    `{"reason":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
    `{"a":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
    '{"reason":1e400}',
    '{"reason":"x","reason":"y"}',
    '{',
    '',
  ];

  it('are refused by every unsafe route, and change no prototype', async () => {
    const successes: string[] = [];
    for (const route of routesOf(whole.app).filter((one) => isUnsafe(one) && !endsSession(one.path))) {
      const headers = route.path.startsWith('/api/') ? { authorization: `Bearer ${attacker.keys.owner}` } : session();
      for (const shape of SHAPES) {
        const answer = await fetch(whole.url + at(route, attacker.source.tenantId), {
          method: route.method,
          redirect: 'manual',
          headers: { ...headers, 'content-type': 'application/json' },
          body: shape,
        });
        successes.push(...(await problemsOfAnswer(`${route.method} ${route.path}`, shape.slice(0, 40), answer)));
      }
      await expectStillIn(whole.url, session(), `${route.method} ${route.path}`);
    }
    expect(successes).toEqual([]);
    expect(({} as Record<string, unknown>)['pwned']).toBeUndefined();
  });

  it.each([
    ['a parameter sent twice', '/?tab=all&tab=mine'],
    ['a parameter as an object', '/?tab[x]=1'],
    ['a broken escape', '/?search=%E0%A4%A'],
    ['a broken escape in the path', '/invoices/%E0%A4%A'],
    ['a path that climbs', '/assets/../../package.json'],
    ['an escaped path that climbs', '/assets/..%2f..%2fpackage.json'],
    ['an address of another server', 'http://evil.example/'],
    ['a very long address', `/?search=${'x'.repeat(20_000)}`],
  ])('%s are answered without a fault of ours', async (_name, path) => {
    const answer = await rawRequest(
      whole.url,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${attacker.cookies.owner}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer.split('\r\n')[0]).toMatch(/^HTTP\/1\.1 [234]\d\d/);
    expect(answer).not.toContain('"dependencies"');
  });

  it.each([
    ['two lengths', 'POST /sign-out HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
    [
      'a length and chunks',
      'POST /sign-out HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a header with a bare line feed', 'GET / HTTP/1.1\r\nHost: localhost\nX-Evil: 1\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['endless headers', `GET / HTTP/1.1\r\nHost: localhost\r\n${'X-A: b\r\n'.repeat(5_000)}\r\n`],
  ])('a request with %s is refused or answered cleanly', async (_name, bytes) => {
    const answer = await rawRequest(whole.url, bytes);
    expect(answer === '' || /^HTTP\/1\.1 [34]\d\d/.test(answer), answer.slice(0, 100)).toBe(true);
  });
});
