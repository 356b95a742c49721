/**
 * Attack: a link to us that sends a person on to a page of the attacker's, by any name that a return address could have, at every
 * route, signed in or not. Success would be a Location outside of our origin that is no provider or vendor of the configuration.
 */
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFullTenant, type FullTenant } from '../support/attack/full-tenant.js';
import {
  at,
  endsSession,
  expectStillIn,
  isUnsafe,
  routesOf,
  startWholeApp,
  type Route,
  type WholeApp,
} from '../support/attack/whole-app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const ELSEWHERE: readonly string[] = [
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '\\\\evil.example/',
  '/%09/evil.example/',
  '/\t/evil.example/',
  'https:evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  '/.//evil.example/',
  'http://localhost@evil.example/',
  `https://evil.example/?x=${'/'.repeat(10)}`,
];
const NAMES = ['returnTo', 'return_to', 'next', 'redirect', 'redirect_uri', 'url', 'continue', 'goto', 'from'];

let database: TestDatabase;
let whole: WholeApp;
let tenant: FullTenant;

beforeAll(async () => {
  database = await createTestDatabase();
  whole = await startWholeApp(database);
  tenant = await aFullTenant(whole.app, database.ownerUrl, 'Victim');
});
afterAll(async () => {
  await whole.app.close();
  await database.drop();
});

async function locationOf(route: Route, target: string, headers: Record<string, string>): Promise<string> {
  const named = new URLSearchParams(NAMES.map((name): [string, string] => [name, target]));
  const answer = await fetch(`${whole.url}${at(route, tenant.invoices.get('10003') ?? '')}?${named}`, {
    method: route.method,
    redirect: 'manual',
    headers: { ...headers, 'sec-fetch-site': 'same-origin', referer: target.startsWith('http') ? target : 'https://evil.example/' },
    ...(isUnsafe(route) && { body: named }),
  });
  await answer.body?.cancel();
  return answer.headers.get('location') ?? answer.headers.get('hx-redirect') ?? answer.headers.get('hx-location') ?? '';
}

function leadsAway(location: string): boolean {
  // As a browser reads it: backslashes are slashes, tabs and line feeds are nothing.
  const url = new URL(location.replaceAll(/[\t\r\n]/g, '').replaceAll('\\', '/'), whole.url);
  return url.origin !== new URL(whole.url).origin;
}

describe.each(['nobody', 'an owner'] as const)('%s', (who) => {
  it('is sent nowhere but to a page of ours', async () => {
    const headers: Record<string, string> = who === 'nobody' ? {} : { cookie: tenant.cookies.owner };
    const found: string[] = [];
    let led = 0;
    for (const route of routesOf(whole.app).filter(({ path }) => !endsSession(path))) {
      const locations = await Promise.all(ELSEWHERE.map((target) => locationOf(route, target, headers)));
      for (const [index, location] of locations.entries()) {
        if (location !== '') led += 1;
        if (location !== '' && leadsAway(location)) found.push(`${route.method} ${route.path} with ${ELSEWHERE[index]}: ${location}`);
      }
      if (who === 'an owner') await expectStillIn(whole.url, headers, `${route.method} ${route.path}`);
    }
    expect(found).toEqual([]);
    expect(led).toBeGreaterThan(100);
  });
});

describe('the way back after signing in', () => {
  it.each(ELSEWHERE)('never is %s', async (target) => {
    const page = await fetch(`${whole.url}/sign-in?${new URLSearchParams({ returnTo: target })}`);
    const kept = /name="returnTo" value="([^"]*)"/.exec(await page.text())?.[1];
    expect(kept).toMatch(/^\//);
    expect(leadsAway(kept?.replaceAll('&amp;', '&') ?? '')).toBe(false);
  });

  it('is the page that was asked for, where that is one of ours', async () => {
    const answer = await fetch(`${whole.url}/settings/members`, { redirect: 'manual', headers: { accept: 'text/html' } });
    expect(answer.headers.get('location')).toBe('/sign-in?returnTo=%2Fsettings%2Fmembers');
  });
});
