/** Goal: somebody limited to one customer never learns of another's invoices, and nobody learns of costs without the right. Real HTTP and Postgres. */
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_LIMITS, type Limits } from '../../src/domain/access.js';
import { ROLES, permissionsOf, PERMISSIONS, type Permission, type Role } from '../../src/domain/role.js';
import { ApiKeys, type WantedKey } from '../../src/identity/api-keys.js';
import { Members } from '../../src/identity/members.js';
import { PersonRepository } from '../../src/identity/person.repository.js';
import { InvoiceEntity } from '../../src/billing/invoices/invoice.entity.js';
import { MembershipEntity } from '../../src/identity/membership.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { scriptWith, startApi, type Script } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aSeedInvoice, seedConnections, seedInvoices } from '../support/seed-invoices.js';
import { createTenant } from '../support/tenant.js';

const UNKNOWN = '01a1fc0f-e8c5-75f4-a7e1-1c826ee03a45';

let database: TestDatabase;
let app: NestExpressApplication;
let url: string;
let tenantId: string;
let tx: TenantTransaction;
let invoices: InvoiceEntity[];
let own: InvoiceEntity;
let other: InvoiceEntity;
let routes: { method: string; path: string; permission: string | undefined }[];

beforeAll(async () => {
  database = await createTestDatabase();
  ({ app, url } = await startApi(database));
  tx = app.get(TenantTransaction);
  tenantId = await createTenant(database.ownerUrl, 'Here');
  await seedInvoices(
    app,
    await seedConnections(app, tenantId),
    Array.from({ length: 12 }, (_, index) => aSeedInvoice(index)),
  );
  invoices = await tx.run(tenantId, () => tx.rows(InvoiceEntity).find());
  own = invoices[0] ?? never();
  other = invoices.find(({ customerId }) => customerId !== own.customerId) ?? never();
  const { paths } = (await scriptWith(url, {})('GET', '/openapi.json')).body as {
    paths: Record<string, Record<string, { description: string }>>;
  };
  routes = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([method, { description }]) => ({
      method: method.toUpperCase(),
      path,
      permission: PERMISSIONS.find((permission) => description.includes(permission)),
    })),
  );
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

function never(): never {
  throw new Error('The seed holds invoices of two customers');
}

async function aKey(wanted: Omit<WantedKey, 'name'>): Promise<Script> {
  const { key } = await app.get(ApiKeys).create(tenantId, { kind: 'operator', id: 'test', label: 'Test' }, { name: 'x', ...wanted });
  return scriptWith(url, { authorization: `Bearer ${key}` });
}

async function aPerson(role: Role, limits: Partial<Limits> = {}): Promise<string> {
  const personId = await app.get(PersonRepository).create('Pat', new Date());
  const email = `${personId}@a.example`;
  await tx.run(tenantId, () =>
    tx
      .rows(MembershipEntity)
      .insert({ tenantId, personId, email, name: 'Pat', role, limits: { ...NO_LIMITS, ...limits }, joinedAt: new Date() }),
  );
  return personId;
}

const limitsToOwn = () => ({ customers: [own.customerId] });

describe('a key limited to one customer', () => {
  it.each(['customers', 'locations'] as const)('by %s lists only what is its own', async (by) => {
    const place = `${own.connectionId}/${own.locationExternalId}`;
    const script = await aKey({ role: 'owner', limits: by === 'customers' ? limitsToOwn() : { locations: [place] } });
    const { items } = (await script('GET', '/invoices?limit=100')).body as { items: { id: string }[] };
    const expected = invoices.filter((row) =>
      by === 'customers' ? row.customerId === own.customerId : `${row.connectionId}/${row.locationExternalId}` === place,
    );
    expect(items.map(({ id }) => id).toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
  });

  it('gets from every route with an invoice of another the answer that an unknown id gets, and sees its own', async () => {
    const script = await aKey({ role: 'owner', limits: limitsToOwn() });
    const about = routes.filter(({ path }) => path.startsWith('/invoices/{id}'));
    expect(about.length).toBeGreaterThan(3);
    const body = { documentHash: 'a'.repeat(64), reason: 'no', forAll: false };
    for (const { method, path } of about) {
      const ask = (id: string) => script(method, path.replace('{id}', id), method === 'GET' || method === 'DELETE' ? {} : { body });
      const [hidden, unknown] = [await ask(other.id), await ask(UNKNOWN)];
      const bare = (answer: unknown) =>
        JSON.stringify(answer)
          .replaceAll(other.id, UNKNOWN)
          .replaceAll(/"instance":"[^"]*"/g, '');
      expect([hidden.status, bare(hidden.body)], `${method} ${path}`).toEqual([unknown.status, bare(unknown.body)]);
    }
    expect((await script('GET', `/invoices/${own.id}`)).status).toBe(200);
    expect((await script('GET', `/invoices/${other.id}`)).status).toBe(404);
  });

  it('finds neither name nor number of another in any list', async () => {
    const script = await aKey({ role: 'owner', limits: limitsToOwn() });
    const lists = routes.filter(({ method, path }) => method === 'GET' && !path.includes('{') && path !== '/openapi.json');
    const foreign = invoices.filter(({ customerId }) => customerId !== own.customerId);
    expect(lists.length).toBeGreaterThan(3);
    let seen = 0;
    for (const { path } of lists) {
      const answer = await script('GET', path);
      expect(answer.status, path).toBeLessThan(400);
      const text = JSON.stringify(answer.body);
      if (text.includes(`"${own.number}"`)) seen += 1;
      for (const { number, customerName } of foreign) expect(text, path).not.toMatch(new RegExp(`"(${number}|${customerName})"`));
    }
    expect(seen).toBeGreaterThan(0);
  });
});

describe('every route', () => {
  /** What asks for a proof is left to the keys of owners. */
  const provenOnly = (method: string, path: string) => method === 'GET' && path.startsWith('/audit-events/export');
  const scopes: (Permission[] | undefined)[] = [undefined, ['invoice.read'], ['posting.read', 'connection.read']];
  it.each(ROLES.flatMap((role) => scopes.map((wanted): [Role, Permission[] | undefined] => [role, wanted])))(
    'lets a key of %s with the scopes %s in exactly where both allow it',
    async (role, wanted) => {
      const script = await aKey({ role, ...(wanted && { scopes: wanted }) });
      expect(routes.filter(({ permission }) => permission !== undefined).length).toBeGreaterThan(10);
      for (const { method, path, permission } of routes) {
        if (!permission) continue;
        const { status } = await script(method, path.replace(/\{\w+\}/, UNKNOWN), method === 'GET' ? {} : { body: {} });
        const allowed =
          permissionsOf(role).includes(permission as Permission) &&
          (wanted?.includes(permission as Permission) ?? true) &&
          (role === 'owner' || !provenOnly(method, path));
        expect(status === 403, `${method} ${path} needs ${permission}`).toBe(!allowed);
      }
    },
  );

  it('keeps costs from whoever may not see them', async () => {
    const seeing = JSON.stringify((await (await aKey({ role: 'member' }))('GET', `/invoices/${own.id}`)).body);
    expect(seeing).toMatch(/"(unitCost|cost|margin)"/i);
    const scopesWithout = permissionsOf('admin').filter((permission) => permission !== 'cost.read');
    const script = await aKey({ role: 'admin', scopes: scopesWithout });
    for (const { id } of invoices)
      expect(JSON.stringify((await script('GET', `/invoices/${id}`)).body)).not.toMatch(/"(unitCost|cost|margin)"/i);
  });
});

describe('a key lives on the rights of who made it', () => {
  const make = async (personId: string, wanted: Omit<WantedKey, 'name'>) =>
    (await app.get(ApiKeys).create(tenantId, { kind: 'person', id: personId, label: 'Pat' }, { name: 'x', ...wanted })).key;

  it('never has more than they have', async () => {
    const limited = await aPerson('admin', limitsToOwn());
    await expect(make(limited, { role: 'read_only' })).rejects.toThrow(/cannot do more/);
    await expect(make(limited, { role: 'owner', limits: limitsToOwn() })).rejects.toThrow(/cannot do more/);
    expect(await app.get(ApiKeys).resolve(await make(limited, { role: 'read_only', limits: limitsToOwn() }), '127.0.0.1')).toBeDefined();
  });

  it('opens nothing once they have less than it or are gone, and the list says so', async () => {
    const keys = app.get(ApiKeys);
    const owner = { tenantId, role: 'owner' as const, actor: { kind: 'operator' as const, id: 'x', label: 'X' } };
    const personId = await aPerson('admin');
    const key = await make(personId, { role: 'admin' });
    const found = await keys.resolve(key, '10.0.0.9');
    const state = async () => (await keys.list(tenantId)).find(({ id }) => id === found?.apiKeyId);
    expect(await state()).toMatchObject({ state: 'in_force', lastUsedFrom: '10.0.0.9' });
    await app.get(Members).changeLimits(owner, personId, { ...NO_LIMITS, adjusted: { 'cost.read': false } });
    expect([await keys.resolve(key), (await state())?.state]).toEqual([undefined, 'creator_has_less']);
    await app.get(Members).changeLimits(owner, personId, NO_LIMITS);
    expect(await keys.resolve(key)).toBeDefined();
    await app.get(Members).remove(owner, personId);
    expect([await keys.resolve(key), (await state())?.state]).toEqual([undefined, 'creator_gone']);
  });
});

describe('a refusal', () => {
  it('says whether the role, or what the key was given, is the cause', async () => {
    const detail = async (wanted: Omit<WantedKey, 'name'>) =>
      ((await (await aKey(wanted))('GET', '/audit-events')).body as { detail: string }).detail;
    expect(await detail({ role: 'member' })).toMatch(/^Your role does not include this/);
    expect(await detail({ role: 'admin', scopes: ['invoice.read'] })).toMatch(/^This API key was not given the permission/);
  });
});

describe('limiting a member', () => {
  const admin = { tenantId: '', role: 'admin' as const, personId: UNKNOWN, actor: { kind: 'person' as const, id: UNKNOWN, label: 'A' } };
  it.each<[string, Role, Partial<Limits>, RegExp | undefined]>([
    ['restricts a member', 'member', { adjusted: { 'cost.read': false } }, undefined],
    ['gives a member more than the role', 'member', { adjusted: { 'posting.manage': true } }, /Only an owner may give/],
    ['restricts an admin', 'admin', { approveUpTo: {} }, /Only an owner may limit an admin/],
    ['restricts an owner', 'owner', { approveUpTo: {} }, /owner cannot be limited/],
  ])('an admin %s', async (_what, role, over, refusal) => {
    const personId = await aPerson(role);
    const work = app.get(Members).changeLimits({ ...admin, tenantId }, personId, { ...NO_LIMITS, ...over });
    if (refusal) await expect(work).rejects.toThrow(refusal);
    else await expect(work).resolves.toBeUndefined();
  });
});
