/**
 * Attack: another site makes a signed-in owner's browser send every unsafe request there is, with the cookies on it. Success would
 * be an answer other than a refusal, or a changed row. Generated from the router.
 */
import 'reflect-metadata';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFullTenant, printOf, type FullTenant } from '../support/attack/full-tenant.js';
import { at, isUnsafe, routesOf, startWholeApp, type Route, type WholeApp } from '../support/attack/whole-app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let whole: WholeApp;
let owner: pg.Client;
let victim: FullTenant;

beforeAll(async () => {
  database = await createTestDatabase();
  whole = await startWholeApp(database);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  victim = await aFullTenant(whole.app, database.ownerUrl, 'Victim');
});
afterAll(async () => {
  await owner.end();
  await whole.app.close();
  await database.drop();
});

/** What browsers say of a request that another page caused. `none` of the first two is an old one that says nothing at all. */
const FOREIGN: Readonly<Record<string, Record<string, string>>> = {
  'another site': { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  'a sibling': { 'sec-fetch-site': 'same-site', origin: 'http://app.localhost' },
  'an old browser on another site': { origin: 'https://evil.example' },
  'an old browser on a sibling': { origin: 'http://evil.localhost' },
  'a sandboxed frame': { origin: 'null' },
  'a page whose name begins like ours': { origin: 'http://localhost.evil.example' },
  'our name on another port': { origin: 'http://localhost:1' },
  'a request that says nothing': {},
};

/** A script of another site, or a proxy on the way, may add any of these: none makes cookies count without the guard. */
const SCHEMES = ['x', '', 'Basic dXNlcjpwYXNzd29yZA==', 'Bearer', `Bearer cs_${'a'.repeat(43)}`, 'Negotiate abc'];

async function forge(route: Route, headers: Record<string, string>): Promise<{ where: string; status: number }> {
  const answer = await fetch(whole.url + at(route, victim.invoices.get('10000') ?? ''), {
    method: route.method,
    redirect: 'manual',
    headers: { ...headers, cookie: victim.cookies.owner, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ reason: 'x', email: 'evil@evil.example', role: 'owner', name: 'x' }),
  });
  await answer.body?.cancel();
  return { where: `${route.method} ${route.path}`, status: answer.status };
}

describe.each(Object.entries(FOREIGN))('%s', (_name, headers) => {
  it('changes nothing in the name of a signed-in owner', async () => {
    const before = await printOf(owner, victim.tenantId);
    const routes = routesOf(whole.app).filter(isUnsafe);
    expect(routes.length).toBeGreaterThan(30);
    const answers = await Promise.all(routes.map((route) => forge(route, headers)));
    expect(answers.filter(({ status }) => status !== 403)).toEqual([]);
    expect(await printOf(owner, victim.tenantId)).toEqual(before);
  });
});

describe.each(SCHEMES)('an Authorization header of "%s"', (authorization) => {
  it('takes the place of the cookies and never stands beside them', async () => {
    const before = await printOf(owner, victim.tenantId);
    const routes = routesOf(whole.app).filter(isUnsafe);
    const said: Record<string, string>[] = [{ authorization }, { authorization, 'sec-fetch-site': 'cross-site' }];
    for (const headers of said) {
      const answers = await Promise.all(routes.map((route) => forge(route, headers)));
      expect(answers.filter(({ status }) => status !== 403 && status !== 401)).toEqual([]);
    }
    expect(await printOf(owner, victim.tenantId)).toEqual(before);
    const still = await fetch(`${whole.url}/settings/account`, { redirect: 'manual', headers: { cookie: victim.cookies.owner } });
    expect(still.status, 'the owner is still signed in').toBe(200);
  });

  it('shows nothing of what the cookies open', async () => {
    for (const path of ['/sign-in/tenants', '/sign-in/confirm', '/sign-in/authenticator', '/settings/account', '/']) {
      const answer = await fetch(whole.url + path, { redirect: 'manual', headers: { authorization, cookie: victim.cookies.owner } });
      expect([path, answer.status, await answer.text()]).toEqual([path, 401, expect.not.stringContaining('Olivia')]);
    }
  });
});

/** What frameworks take for another method, which the guard would never see. */
const DISGUISES: Readonly<Record<string, Record<string, string>>> = {
  'a header that names another method': { 'x-http-method-override': 'POST', 'x-method-override': 'DELETE', 'x-http-method': 'PUT' },
  'a field that names another method': { 'content-type': 'application/x-www-form-urlencoded' },
};

describe.each(Object.entries(DISGUISES))('%s', (_name, headers) => {
  it('changes nothing: a GET stays one', async () => {
    const before = await printOf(owner, victim.tenantId);
    const answers = await Promise.all(
      routesOf(whole.app)
        .filter(isUnsafe)
        .map(async (route) => {
          const address = `${whole.url}${at(route, victim.invoices.get('10000') ?? '')}?_method=${route.method}`;
          const answer = await fetch(address, { redirect: 'manual', headers: { ...headers, cookie: victim.cookies.owner } });
          await answer.body?.cancel();
          return answer.status;
        }),
    );
    expect(answers.filter((status) => status >= 500)).toEqual([]);
    expect(await printOf(owner, victim.tenantId)).toEqual(before);
  });
});

describe('a webhook', () => {
  it('is no way around: with cookies and without a word of where it comes from it is refused', async () => {
    const routes = routesOf(whole.app).filter(({ path }) => path.startsWith('/webhooks/'));
    expect(routes.length).toBeGreaterThan(0);
    for (const route of routes) expect(await forge(route, { authorization: 'x' })).toMatchObject({ status: 403 });
  });
});

describe('reading', () => {
  it('changes nothing: what a picture on another site can ask for leaves every row as it is', async () => {
    // Handing the audit log out is an event itself, and the only trace that a look leaves.
    const routes = routesOf(whole.app).filter((route) => !isUnsafe(route) && !/sign-in|connect|audit.*export/.test(route.path));
    const ids = [...victim.invoices.values()].slice(0, 2);
    // What is seen for the first time is noted as seen and drawn: those come before.
    for (const route of routes) for (const id of ids) await get(route, id);
    const before = await printOf(owner, victim.tenantId);
    for (const route of routes) for (const id of ids) await get(route, id);
    expect(await printOf(owner, victim.tenantId)).toEqual(before);
  });

  async function get(route: Route, id: string): Promise<void> {
    const headers = { cookie: victim.cookies.owner, 'sec-fetch-site': 'cross-site' };
    const answer = await fetch(whole.url + at(route, id), { method: route.method, redirect: 'manual', headers });
    await answer.body?.cancel();
    expect(answer.status, `${route.method} ${route.path}`).toBeLessThan(500);
  }
});

describe('the attack itself', () => {
  it('gets in where it belongs: the same request from our own page is carried out', async () => {
    const route = routesOf(whole.app).find(({ method, path }) => method === 'POST' && path === '/sign-out');
    if (!route) throw new Error('The route is gone');
    expect((await forge(route, { 'sec-fetch-site': 'same-origin' })).status).toBe(303);
  });
});
