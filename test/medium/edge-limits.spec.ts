/** Goal: how much anybody may ask is counted once for all processes, said on every answer that was counted, and kept as hashes alone. */
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiKeys } from '../../src/identity/api-keys.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { DEFAULT_BUDGETS } from '../../src/platform/config/edge-variables.js';
import { Budgets } from '../../src/database/budgets/budgets.js';
import { RateBudgetRepository } from '../../src/database/budgets/rate-budget.repository.js';
import { startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aVisitor, startPages } from '../support/pages.js';
import { createTenant } from '../support/tenant.js';

const OPERATOR = { kind: 'operator', id: 'test', label: 'Test' } as const;
const RATE_LIMITS =
  'sign-in=40/600,code=3/600,code-try=4/600,link=4/600,api=5/60,api-tenant=8/60,api-refused=4/600,webhook=3/60,change=12/60,upload=2/60';

let database: TestDatabase;
/** Two processes of one installation, as far as counting goes: each has its own pool and its own memory. */
let first: { app: NestExpressApplication; url: string };
let second: { app: NestExpressApplication; url: string };

beforeAll(async () => {
  database = await createTestDatabase();
  [first, second] = await Promise.all([startPages(database, { RATE_LIMITS }), startPages(database, { RATE_LIMITS })]);
});
afterAll(async () => {
  await Promise.all([first.app.close(), second.app.close()]);
  await database.drop();
});

const counters = () =>
  withClient(
    database.ownerUrl,
    async (client) => (await client.query<{ key: Buffer; spent: number }>('select key, spent from rate_budget')).rows,
  );
const forgetAll = async () => {
  await withClient(database.ownerUrl, (client) => client.query('delete from rate_budget'));
};

async function ask(url: string, path: string, options: RequestInit = {}): Promise<{ status: number; headers: Headers; text: string }> {
  const answer = await fetch(url + path, { redirect: 'manual', ...options });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const askForCode = (url: string, email: string) => ask(url, '/sign-in/code', { method: 'POST', body: new URLSearchParams({ email }) });

describe('without a word of the operator', () => {
  it('codes and tries of codes are ten for a mail address in 15 minutes, and sixty in ten from where they come', () => {
    expect(DEFAULT_BUDGETS).toMatchObject({
      code: { most: 10, seconds: 900 },
      'code-try': { most: 10, seconds: 900 },
      'sign-in': { most: 60, seconds: 600 },
      link: { most: 60, seconds: 600 },
    });
  });
});

describe('a budget', () => {
  it('is one for all processes, whichever of them is asked', async () => {
    const [one, other] = [first.app.get(Budgets), second.app.get(Budgets)];
    const spent = [];
    for (let time = 0; time < 4; time += 1) spent.push(await (time % 2 === 0 ? one : other).spend('code', 'both@msp.example'));
    expect(spent.map(({ allowed, left }) => [allowed, left])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
    ]);
    expect((await one.spend('code', 'both@msp.example')).allowed).toBe(false);
    expect((await one.spend('code', 'else@msp.example')).allowed).toBe(true);
  });

  it('is not overspent by many at once', async () => {
    const asked = await Promise.all(
      Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? first : second).app.get(Budgets).spend('code', 'crowd@msp.example')),
    );
    expect(asked.filter(({ allowed }) => allowed)).toHaveLength(3);
  });

  it('costs no query once it is known to be spent', async () => {
    const budgets = first.app.get(Budgets);
    for (let time = 0; time < 4; time += 1) await budgets.spend('code', 'flood@msp.example');
    const before = await counters();
    for (let time = 0; time < 50; time += 1) expect((await budgets.spend('code', 'flood@msp.example')).allowed).toBe(false);
    expect((await counters()).toSorted(byKey)).toEqual(before.toSorted(byKey));
  });

  it('is whole again when its window has ended, by the clock of the database', async () => {
    const counters = first.app.get(RateBudgetRepository);
    const key = Buffer.alloc(32, 7);
    expect(await counters.spend(key, 2, 60_000, false)).toMatchObject({ spent: 2 });
    await withClient(database.ownerUrl, (client) =>
      client.query("update rate_budget set ends_at = now() - interval '1 second' where key = $1", [key]),
    );
    expect(await counters.spent(key)).toBeUndefined();
    expect(await counters.spend(key, 1, 60_000, false)).toMatchObject({ spent: 1 });
    expect(await counters.spend(key, 5, 90_000, true)).toEqual({ spent: 5, leftMs: expect.any(Number) as number });
    expect([await counters.forget(key), await counters.forget(key)]).toEqual([true, false]);
  });

  it('is counted in the process itself while the database is away', async () => {
    await withClient(database.ownerUrl, (client) =>
      client.query('alter function spend_rate(bytea, integer, bigint, boolean) rename to away'),
    );
    try {
      const spent = [];
      for (let time = 0; time < 5; time += 1) spent.push((await first.app.get(Budgets).spend('link', 'away')).allowed);
      expect(spent).toEqual([true, true, true, true, false]);
      await expect(first.app.get(Budgets).wasTaken('x')).resolves.toBe(false);
    } finally {
      await withClient(database.ownerUrl, (client) =>
        client.query('alter function away(bytea, integer, bigint, boolean) rename to spend_rate'),
      );
    }
  });

  it('keeps neither an address nor anything to find one by', async () => {
    await forgetAll();
    await askForCode(first.url, 'ada@msp.example');
    const kept = JSON.stringify((await counters()).map(({ key }) => [key.toString('latin1'), key.toString('hex')]));
    expect(kept).not.toMatch(/ada|127\.0\.0\.1/);
    expect(await counters()).toHaveLength(2);
  });
});

describe('on the way in', () => {
  it('codes are counted by the address that is typed, however it is written, and refused in words', async () => {
    await forgetAll();
    for (const email of ['grace@msp.example', ' GRACE@msp.example', 'Grace@MSP.example '])
      expect((await askForCode(first.url, email)).status).toBe(303);
    const refused = await askForCode(second.url, 'grace@msp.example');
    expect(refused.status).toBe(429);
    expect(Number.parseInt(refused.headers.get('retry-after') ?? '', 10)).toBeGreaterThan(500);
    expect(refused.headers.get('content-type')).toContain('text/html');
    expect(refused.text).toContain('Too many at once');
    expect((await askForCode(second.url, 'other@msp.example')).status).toBe(303);
  });

  it('tries of codes are counted by the address whose code it is, in whatever browser', async () => {
    await forgetAll();
    // Two browsers, each with a code of its own: what they share is the address.
    const cookies = [];
    for (const { url } of [first, second])
      cookies.push((await askForCode(url, 'tried@msp.example')).headers.get('set-cookie')?.split(';')[0] ?? '');
    const tries = [];
    for (let time = 0; time < 5; time += 1) {
      const cookie = cookies[time % 2] ?? '';
      const typed = { method: 'POST', body: new URLSearchParams({ code: '000000' }), headers: { cookie, 'sec-fetch-site': 'same-origin' } };
      tries.push((await ask((time % 2 === 0 ? first : second).url, '/sign-in/code/verification', typed)).status);
    }
    expect(tries).toEqual([422, 422, 422, 422, 429]);
  });

  it('links and sign-ins are counted by where they come from, in any spelling of their address', async () => {
    await forgetAll();
    const open = (url: string, path: string) => ask(url, path, { method: 'POST', body: new URLSearchParams({ code: 'made-up' }) });
    for (const path of ['/sign-in/invitation/link', '/SIGN-IN/invitation/link', '/sign-in/invitation/link/', '/sign-in/Support/Link'])
      expect((await open(first.url, path)).status).toBe(303);
    for (const path of ['/sign-in/invitation/link', '/sign-in/invitation', '/sign-in/support', '/sign-in/support/link'])
      expect((await open(second.url, path)).status).toBe(429);
    expect((await ask(second.url, '/sign-in/invitation')).status).toBe(200);
    expect((await ask(second.url, '/sign-in')).status).toBe(200);
  });

  it('webhooks are counted by their address', async () => {
    await forgetAll();
    const call = (url: string) => ask(url, '/webhooks/xero', { method: 'POST', body: '{}' });
    const statuses = [];
    for (const url of [first.url, second.url, first.url, second.url]) statuses.push((await call(url)).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
    expect((await call(second.url)).headers.get('content-type')).toContain('application/problem+json');
  });
});

describe('a key', () => {
  it('has its budget in every process, its company one for all its keys, and says on every answer what is left', async () => {
    await forgetAll();
    const api = await startApi(database, { RATE_LIMITS });
    const other = await startApi(database, { RATE_LIMITS });
    const tenantId = await createTenant(database.ownerUrl, 'MSP');
    const keys = await Promise.all(
      ['one', 'two'].map(async (name) => await api.app.get(ApiKeys).create(tenantId, OPERATOR, { name, role: 'owner' })),
    );
    const call = (url: string, key = '') => ask(url, '/invoices', { headers: { authorization: `Bearer ${key}` } });
    const answers = [];
    for (let time = 0; time < 6; time += 1) answers.push(await call((time % 2 === 0 ? api : other).url, keys[0]?.key));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('ratelimit-remaining'))).toEqual(['4', '3', '2', '1', '0', '0']);
    expect(answers[0]?.headers.get('ratelimit-policy')).toBe('5;w=60');
    expect(answers[5]?.headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
    expect(JSON.parse(answers[5]?.text ?? '')).toMatchObject({ status: 429, title: 'Too Many Requests' });
    const byOther = [];
    for (let time = 0; time < 3; time += 1) byOther.push((await call(other.url, keys[1]?.key)).status);
    expect(byOther).toEqual([200, 200, 429]);
    await Promise.all([api.app.close(), other.app.close()]);
  });

  it('that opens nothing is asked about so often and no more, whoever tries', async () => {
    await forgetAll();
    const api = await startApi(database, { RATE_LIMITS });
    const tenantId = await createTenant(database.ownerUrl, 'MSP');
    const { key } = await api.app.get(ApiKeys).create(tenantId, OPERATOR, { name: 'good', role: 'owner' });
    const call = async (bearer: string) => (await ask(api.url, '/invoices', { headers: { authorization: `Bearer ${bearer}` } })).status;
    const statuses = [];
    for (let time = 0; time < 12; time += 1) {
      statuses.push(await call(`cs_${time}`));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(statuses.slice(0, 4)).toEqual([401, 401, 401, 401]);
    expect(statuses.at(-1)).toBe(429);
    expect(await call(key)).toBe(429);
    await api.app.close();
  });
});

describe('somebody who is known', () => {
  it('may look at pages without end, change so much and upload so much', async () => {
    await forgetAll();
    const tenantId = await createTenant(database.ownerUrl, 'MSP');
    const admin = await aVisitor(first.app, first.url, tenantId, 'admin');
    for (let time = 0; time < 20; time += 1) expect((await admin('GET', '/settings/general')).status).toBe(200);
    expect(await counters()).toEqual([]);
    const form = () => {
      const data = new FormData();
      data.set('sellerName', 'x'.repeat(500));
      return data;
    };
    const statuses = [];
    for (let time = 0; time < 3; time += 1) statuses.push((await admin('POST', '/settings/brand', form())).status);
    expect(statuses).toEqual([422, 422, 429]);
    const changes = [];
    for (let time = 0; time < 11; time += 1) changes.push((await admin('POST', '/settings/general', { name: '' })).status);
    expect(changes.at(-1)).toBe(429);
    expect(changes[0]).not.toBe(429);
  });
});

function byKey(one: { key: Buffer }, other: { key: Buffer }): number {
  return one.key.compare(other.key);
}
