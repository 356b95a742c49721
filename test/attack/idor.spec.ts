/**
 * Attack: a member of one tenant names rows of another, at every route that takes an id, in the path, in the query and in the
 * body, as four roles, by key and by session. Generated from the router. Success would be an answer of 2xx, a word of the other
 * tenant, a changed row of it, or a 500.
 */
import 'reflect-metadata';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../src/domain/role.js';
import { crawl, type Form } from '../support/attack/crawl.js';
import { describedBody, type Description } from '../support/attack/described-bodies.js';
import { countNoTries } from '../support/attack/endless-tries.js';
import { aFullTenant, idsOf, printOf, type FullTenant } from '../support/attack/full-tenant.js';
import {
  at,
  endsSession,
  expectStillIn,
  isUnsafe,
  routesOf,
  startWholeApp,
  wasNotTried,
  type Route,
  type WholeApp,
} from '../support/attack/whole-app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let whole: WholeApp;
let owner: pg.Client;
let attacker: FullTenant;
let victim: FullTenant;
let loot: string[];
let description: Description;
let forms: Form[];

beforeAll(async () => {
  database = await createTestDatabase();
  whole = await startWholeApp(database);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await countNoTries(owner);
  attacker = await aFullTenant(whole.app, database.ownerUrl, 'Mallory');
  victim = await aFullTenant(whole.app, database.ownerUrl, 'Victim');
  loot = await idsOf(owner, victim.tenantId);
  description = (await (await fetch(`${whole.url}/api/v1/openapi.json`)).json()) as Description;
  forms = (await crawl(whole.url, WAYS['session']?.('owner') ?? {})).forms.filter(({ method }) => method !== 'GET');
});
afterAll(async () => {
  await owner.end();
  await whole.app.close();
  await database.drop();
});

/** `npm run test:long` names every id as everybody. */
const IS_LONG = process.env['TEST_LONG'] === 'yes';

type Way = (role: Role) => Record<string, string>;
const WAYS: Readonly<Record<string, Way>> = {
  key: (role) => ({ authorization: `Bearer ${attacker.keys[role]}` }),
  session: (role) => ({ cookie: attacker.cookies[role], 'sec-fetch-site': 'same-origin' }),
};

/** The described body of an API route; elsewhere every name under which a row could be asked for. */
function bodyNaming(route: Route, id: string): string {
  const described = describedBody(description, route.method, route.path, id);
  const names = { id, ids: [id], invoiceId: id, connectionId: id, personId: id, documentHash: 'a'.repeat(64), reason: 'x', role: 'owner' };
  return JSON.stringify(described ?? names);
}

async function attack(route: Route, id: string, headers: Record<string, string>): Promise<string[]> {
  const query = route.method === 'GET' ? `?${new URLSearchParams({ id, invoice: id, connection: id })}` : '';
  const answer = await fetch(`${whole.url}${at(route, id)}${route.parameters.length > 0 ? '' : query}`, {
    method: route.method,
    redirect: 'manual',
    headers: { ...headers, ...(isUnsafe(route) && { 'content-type': 'application/json' }) },
    ...(isUnsafe(route) && { body: bodyNaming(route, id) }),
  });
  const body = await answer.text();
  const where = `${route.method} ${route.path} with ${id}`;
  if (answer.status >= 500) return [`${where}: ${answer.status}`];
  if (answer.ok && route.parameters.length > 0 && !isOpenToAll(route)) return [`${where}: ${answer.status} ${body.slice(0, 80)}`];
  const word = victimsWords().find((one) => one !== id && body.includes(one));
  return word === undefined ? wasNotTried(where, answer) : [`${where}: tells ${word}`];
}

/** Assets, and providers by name: nothing of any tenant lies there. */
function isOpenToAll({ path }: Route): boolean {
  return path.startsWith('/assets/');
}

function victimsWords(): string[] {
  return ['Victim', 'victim.example', victim.tenantId, victim.source.connectionId, victim.source.ledgerId, ...victim.invoices.values()];
}

describe.each(Object.keys(WAYS))('by %s', (way) => {
  it.each(ROLES)('a %s of another tenant reaches nothing, whatever they name', async (role) => {
    const before = await printOf(owner, victim.tenantId);
    const routes = routesOf(whole.app).filter(({ path }) => !endsSession(path));
    const headers = WAYS[way]?.(role) ?? {};
    expect(routes.length).toBeGreaterThan(60);
    expect(loot.length).toBeGreaterThan(15);
    const successes: string[] = [];
    for (const [turn, route] of routes.entries()) {
      const every = route.parameters.length > 0 || isUnsafe(route) ? loot : loot.slice(0, 2);
      // The owner's key reaches furthest and tries every id; the others every third, another third at each route.
      const isEvery = IS_LONG || (way === 'key' && role === 'owner');
      const named = every.filter((_, index) => isEvery || index % 3 === (turn + ROLES.indexOf(role)) % 3);
      successes.push(...(await Promise.all(named.map((id) => attack(route, id, headers)))).flat());
      if (way === 'session') await expectStillIn(whole.url, headers, `${route.method} ${route.path}`);
    }
    expect(successes).toEqual([]);
    expect(await printOf(owner, victim.tenantId)).toEqual(before);
  });
});

describe('by the forms of our own pages', () => {
  it('an owner of another tenant reaches nothing with a foreign id in any field or address', async () => {
    const before = await printOf(owner, victim.tenantId);
    expect(forms.length).toBeGreaterThan(15);
    const successes: string[] = [];
    for (const form of forms) {
      for (const id of loot) successes.push(...(await submitForeign(form, id)));
      await expectStillIn(whole.url, WAYS['session']?.('owner') ?? {}, `${form.method} ${form.action}`);
    }
    expect(successes).toEqual([]);
    expect(await printOf(owner, victim.tenantId)).toEqual(before);
  });
});

/** The form as the page has it, with every id in it exchanged for the foreign one. */
async function submitForeign(form: Form, id: string): Promise<string[]> {
  const uuid = /[0-9a-f]{8}-[0-9a-f-]{27}/g;
  const fields = form.fields.map(({ name, value }): [string, string] => [name, uuid.test(value) || value === '' ? id : value]);
  const answer = await fetch(whole.url + form.action.replaceAll(uuid, id), {
    method: form.method,
    redirect: 'manual',
    headers: { ...WAYS['session']?.('owner'), 'content-type': 'application/x-www-form-urlencoded' },
    ...(form.method !== 'DELETE' && { body: new URLSearchParams(fields) }),
  });
  const body = await answer.text();
  const where = `${form.method} ${form.action} with ${id}`;
  const word = victimsWords().find((one) => one !== id && body.includes(one));
  if (answer.status >= 500) return [`${where}: ${answer.status}`];
  return word === undefined ? wasNotTried(where, answer) : [`${where}: tells ${word}`];
}

describe('the attack itself', () => {
  it('gets in where it belongs: the same requests by the tenant’s own owner reach its rows', async () => {
    const route = routesOf(whole.app).find(({ method, path }) => method === 'GET' && path === '/api/v1/invoices/:id');
    const id = victim.invoices.get('10000') ?? '';
    if (!route) throw new Error('The route is gone');
    expect(await attack(route, id, { authorization: `Bearer ${victim.keys.owner}` })).toEqual([expect.stringContaining(': 200 ')]);
  });
});
