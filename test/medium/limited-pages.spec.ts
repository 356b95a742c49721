/** Goal: no page, file, list or export tells somebody limited of another's invoice or of a cost, by session or key; an amount above the limit stays unapproved. Real HTTP and Postgres. */
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiModule } from '../../src/api/api.module.js';
import { NO_LIMITS, type Limits } from '../../src/domain/access.js';
import { Decimal } from '../../src/domain/money.js';
import type { Role } from '../../src/domain/role.js';
import { permissionsOf } from '../../src/domain/role.js';
import { ApiKeys } from '../../src/identity/api-keys.js';
import { Cookies } from '../../src/identity/cookies.js';
import { newSecret, sha256 } from '../../src/identity/secret.js';
import { AuditLog } from '../../src/storage/audit-log.js';
import { PeopleStore } from '../../src/storage/repositories/identity-people.js';
import { SessionStore } from '../../src/storage/repositories/identity-sessions.js';
import { MembershipRow } from '../../src/storage/rows/identity-rows.js';
import { InvoiceRow } from '../../src/storage/rows/invoice-rows.js';
import { AuditEventRow } from '../../src/storage/rows/tenant-rows.js';
import { TenantTransaction } from '../../src/storage/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startPages } from '../support/pages.js';
import { pdfText } from '../support/pdf-text.js';
import { aSeedInvoice, seedConnections, seedInvoices } from '../support/seed-invoices.js';
import { servedRoutes } from '../support/served-routes.js';
import { createTenant } from '../support/tenant.js';

const UNKNOWN = '01a1fc0f-e8c5-75f4-a7e1-1c826ee03a45';
/** The cost of one product of every invoice: it stands in no answer to somebody without `cost.read`. */
const CANARY = /98[,. ]?765[.,]43/;
const CLEAN = 11;
const MELBOURNE = { externalId: '2', name: 'Melbourne' };

type Ask = (
  method: string,
  path: string,
  form?: URLSearchParams | FormData,
  more?: Record<string, string>,
) => Promise<{ status: number; text: string; bytes: Buffer }>;

let database: TestDatabase;
let app: NestExpressApplication;
let url: string;
let tenantId: string;
let tx: TenantTransaction;
let invoices: InvoiceRow[];
let own: InvoiceRow;
let other: InvoiceRow;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ app, url } = await startPages(database, {}, [ApiModule]));
  tx = app.get(TenantTransaction);
  tenantId = await createTenant(database.ownerUrl, 'Here');
  const source = await seedConnections(app, tenantId);
  await tx.run(tenantId, () =>
    tx.execute('insert into location (tenant_id, source_connection_id, external_id, name) values ($1, $2, $3, $4)', [
      tenantId,
      source.connectionId,
      MELBOURNE.externalId,
      MELBOURNE.name,
    ]),
  );
  const records = Array.from({ length: 12 }, (_, index) => aSeedInvoice(index, index >= 6 ? { context: { location: MELBOURNE } } : {}));
  for (const [index, { invoice }] of records.entries()) {
    const facts = invoice.context.lineFacts[`product:${index}`];
    // One stays as it was sold, without a warning, so that it could be approved in bulk.
    if (facts && index !== CLEAN) facts.cost = '98765.43';
    invoice.context.routing = [];
  }
  await seedInvoices(app, source, records);
  invoices = await tx.run(tenantId, () => tx.rows(InvoiceRow).find({ order: { number: 'ASC' } }));
  own = invoices[0] ?? never();
  other = invoices.find((row) => row.customerId !== own.customerId && row.locationExternalId !== own.locationExternalId) ?? never();
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

function never(): never {
  throw new Error('The seed holds invoices of two customers at two locations');
}

function asking(headers: Record<string, string>): Ask {
  return async (method, path, form, more = {}) => {
    const answer = await fetch(url + path, { method, redirect: 'manual', headers: { ...headers, ...more }, ...(form && { body: form }) });
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, text: bytes.toString('utf8'), bytes };
  };
}

async function aSession(role: Role, limits: Partial<Limits>): Promise<Ask> {
  const personId = await app.get(PeopleStore).create('Pat', new Date());
  const member = { tenantId, personId, email: `${personId}@a.example`, name: 'Pat', role, joinedAt: new Date() };
  await tx.run(tenantId, () => tx.rows(MembershipRow).insert({ ...member, limits: { ...NO_LIMITS, ...limits } }));
  const secret = newSecret();
  const expiresAt = new Date(Date.now() + 3_600_000);
  await app.get(SessionStore).open({ idHash: sha256(secret), personId, tenantId, at: new Date(), expiresAt, replaces: null });
  return asking({ cookie: `${app.get(Cookies).name('session')}=${secret}`, 'sec-fetch-site': 'same-origin' });
}

async function aKey(role: Role, limits: Partial<Limits>, withCost = false): Promise<Ask> {
  const scopes = permissionsOf(role).filter((permission) => withCost || permission !== 'cost.read');
  const by = { kind: 'operator' as const, id: 'test', label: 'Test' };
  const { key } = await app.get(ApiKeys).create(tenantId, by, { name: newSecret(), role, scopes, limits });
  return asking({ authorization: `Bearer ${key}` });
}

const place = () => `${own.connectionId}/${own.locationExternalId}`;
const LIMITS: [string, () => Partial<Limits>, (row: InvoiceRow) => boolean][] = [
  ['customer', () => ({ customers: [own.customerId] }), (row) => row.customerId === own.customerId],
  ['location', () => ({ locations: [place()] }), (row) => row.locationExternalId === own.locationExternalId],
];

describe.each(LIMITS)('limited to one %s', (_what, limits, isOwn) => {
  const callers: [string, () => Promise<Ask>][] = [
    ['session of an admin', () => aSession('admin', { ...limits(), adjusted: { 'cost.read': false } })],
    ['key of an owner', () => aKey('owner', limits())],
  ];
  it.each(callers)('a %s reads of nothing else and of no cost, in any answer', async (_who, caller) => {
    const ask = await caller();
    const foreign = invoices.filter((row) => !isOwn(row));
    const hiddenIds = new RegExp(foreign.map(({ id, number }) => `${id}|"${number}"|>${number}<`).join('|'));
    const reading = servedRoutes(app).filter(
      ({ method, pattern }) => method === 'GET' && !/assets|openapi|sign-in|auth|metrics|health|events$/.test(pattern),
    );
    expect(reading.length).toBeGreaterThan(25);
    let seen = 0;
    for (const { pattern, path } of reading) {
      const addressed = pattern.includes('invoices/:id') ? path.replace(/[0-9a-f-]{36}/, own.id) : path;
      const { status, text } = await ask('GET', addressed);
      expect(status, addressed).toBeLessThan(500);
      expect(text, addressed).not.toMatch(hiddenIds);
      expect(text, addressed).not.toMatch(CANARY);
      if (text.includes(own.number)) seen += 1;
    }
    expect(seen).toBeGreaterThan(1);
  });

  it.each(callers)('a %s gets from every address of a hidden invoice what an unknown one gets', async (_who, caller) => {
    const ask = await caller();
    const about = servedRoutes(app).filter(({ pattern }) => pattern.includes('invoices/:id'));
    expect(about.length).toBeGreaterThan(10);
    for (const { method, path } of about) {
      const form =
        method === 'POST' ? new URLSearchParams({ documentHash: 'a'.repeat(64), hash: 'a'.repeat(64), reason: 'no' }) : undefined;
      const answers = [];
      for (const id of [other.id, UNKNOWN]) answers.push(await ask(method, path.replace(/[0-9a-f-]{36}/, id), form));
      expect(answers[0]?.status, `${method} ${path}`).toBe(answers[1]?.status);
      expect(answers[0]?.text).not.toContain(other.customerName);
    }
  });

  it('approves nothing else in bulk, and exports no event about it', async () => {
    // That this one can be approved in bulk is shown below, by somebody without a limit.
    const clean = invoices.find(({ number }) => number === String(10_000 + CLEAN)) ?? never();
    expect(isOwn(clean)).toBe(false);
    const first = await aSession('admin', limits());
    await first('POST', '/invoices/bulk-approval', new URLSearchParams({ approve: consentTo(clean) }));
    expect((await now(clean)).state).toBe('in_review');
    const event = { action: 'invoice.counted', subject: { kind: 'invoice', id: other.id } };
    await tx.run(tenantId, () => app.get(AuditLog).record({ kind: 'operator', id: 'test', label: 'Test' }, event));
    const [ask, everything] = [await aKey('owner', limits()), await aKey('owner', {}, true)];
    for (const format of ['csv', 'json']) {
      const [{ status, text }, whole] = [
        await ask('GET', `/api/v1/audit-events/export.${format}`),
        await everything('GET', `/api/v1/audit-events/export.${format}`),
      ];
      expect([status, whole.status]).toEqual([200, 200]);
      expect(text).not.toContain(other.id);
      expect(whole.text).toContain(other.id);
    }
  });
});

/** As a list ticks it while there is no document. */
const consentTo = ({ id, total, currency }: InvoiceRow) => `${id}:=${new Decimal(total).toFixed(2)} ${currency}`;

const now = (row: InvoiceRow) => tx.run(tenantId, () => tx.rows(InvoiceRow).findOneByOrFail({ tenantId, id: row.id }));

it('plants a cost that is seen by whoever may see costs', async () => {
  expect((await (await aKey('owner', {}, true))('GET', `/api/v1/invoices/${own.id}`)).text).toMatch(CANARY);
});

describe('the scope of a caller', () => {
  it('lets a limited person make the document by looking at it first, without a cost in it', async () => {
    const ask = await aKey('member', { customers: [own.customerId] });
    const { status, bytes } = await ask('GET', `/api/v1/invoices/${own.id}/document.pdf`);
    expect([status, bytes.subarray(0, 5).toString()]).toEqual([200, '%PDF-']);
    expect(await pdfText(bytes)).not.toMatch(CANARY);
    expect((await (await aKey('member', { customers: [other.customerId] }))('GET', `/api/v1/invoices/${own.id}/document.pdf`)).status).toBe(
      404,
    );
  });

  it('holds between many requests at once, through refusals and uploads', async () => {
    const [mine, theirs] = [await aKey('owner', { customers: [own.customerId] }), await aKey('owner', { customers: [other.customerId] })];
    const all = await aKey('owner', {});
    const upload = () => {
      const form = new FormData();
      form.set('sellerName', 'Here');
      form.set('accent', '#0f6b5c');
      form.set('logo', new Blob(['no picture']), 'logo.gif');
      return form;
    };
    const ids = (text: string) => (JSON.parse(text) as { items: { id: string }[] }).items.map(({ id }) => id);
    const wave = Array.from({ length: 8 }, async () => {
      const [a, b, c, refused, gone] = await Promise.all([
        mine('GET', '/api/v1/invoices?limit=100'),
        theirs('GET', '/api/v1/invoices?limit=100'),
        all('GET', '/api/v1/invoices?limit=100'),
        mine('POST', '/settings/brand', upload()),
        theirs('GET', `/api/v1/invoices/${own.id}`),
      ]);
      expect(new Set(ids(a.text))).toEqual(new Set(invoices.filter((row) => row.customerId === own.customerId).map(({ id }) => id)));
      expect(new Set(ids(b.text))).toEqual(new Set(invoices.filter((row) => row.customerId === other.customerId).map(({ id }) => id)));
      expect(ids(c.text)).toHaveLength(invoices.length);
      expect([refused.status, gone.status]).toEqual([422, 404]);
    });
    await Promise.all(wave);
  });
});

describe('an approval above the limit', () => {
  const limits = { approveUpTo: { USD: '1.00' } };
  it.each<[string, () => Promise<Ask>]>([
    ['session', () => aSession('admin', limits)],
    ['key', () => aKey('admin', limits)],
  ])('is refused in words to a %s, one by one and in bulk', async (_who, caller) => {
    const ask = await caller();
    const document = await (await aKey('owner', {}))('GET', `/api/v1/invoices/${own.id}`);
    const hash = /"(?:sha256|documentHash|hash)":"([0-9a-f]{64})"/.exec(document.text)?.[1] ?? '';
    const single = await ask('POST', `/invoices/${own.id}/approval`, new URLSearchParams({ documentHash: hash, hash }));
    expect(single.text).toMatch(/You may (not approve invoices in|approve up to)/);
    expect((await now(own)).state).toBe('in_review');
    const clean = invoices.find(({ number }) => number === String(10_000 + CLEAN)) ?? never();
    const bulk = new URLSearchParams({ approve: consentTo(clean) });
    expect((await ask('POST', '/invoices/bulk-approval', bulk, { 'hx-request': 'true' })).text).toContain('above what you may approve');
    expect((await now(clean)).state).toBe('in_review');
  });

  it('would have gone through without one', async () => {
    const clean = invoices.find(({ number }) => number === String(10_000 + CLEAN)) ?? never();
    const bulk = new URLSearchParams({ approve: consentTo(clean) });
    await (
      await aKey('admin', {})
    )('POST', '/invoices/bulk-approval', bulk, { 'hx-request': 'true' });
    expect((await now(clean)).state).toBe('approved');
  });
});

describe('the page of a member', () => {
  const change = async (ask: Ask, id: string, fields: [string, string][]) =>
    await ask('POST', `/settings/members/${id}/limits`, new URLSearchParams(fields));
  const memberOf = async (role: Role) => {
    await aSession(role, {});
    const rows = await tx.run(tenantId, () => tx.rows(MembershipRow).find({ where: { role }, order: { joinedAt: 'DESC' } }));
    return rows[0]?.personId ?? never();
  };
  const fields: [string, string][] = [
    ['cost.read', 'never'],
    ['approve', 'upTo'],
    ['currency', 'USD'],
    ['amount', '1,500.50'],
    ['currency', 'AUD'],
    ['amount', ''],
  ];

  it('sets limits, says them again, and records who set them', async () => {
    const id = await memberOf('member');
    const owner = await aKey('owner', {}, true);
    const ticked: [string, string][] = [...fields, ['customer', own.customerId], ['location', place()]];
    expect((await change(owner, id, ticked)).status).toBe(303);
    const kept = await tx.run(tenantId, () => tx.rows(MembershipRow).findOneByOrFail({ tenantId, personId: id }));
    expect(kept.limits).toEqual({
      adjusted: { 'cost.read': false },
      approveUpTo: { USD: '1500.50' },
      customers: [own.customerId],
      locations: [place()],
    });
    const { text } = await owner('GET', `/settings/members/${id}`);
    expect(text).toContain(`value="${own.customerId}" checked`);
    expect(text).toContain('value="1500.50"');
    expect((await owner('GET', '/settings/members')).text).toContain('no costs · approves up to 1500.50 USD · 1 customer · 1 location');
    const events = await tx.run(tenantId, () => tx.rows(AuditEventRow).findBy({ action: 'member.limits_changed', subjectId: id }));
    expect(events).toHaveLength(1);
  });

  it('is refused in words for what cannot be read, and for whom nobody may limit', async () => {
    const owner = await aKey('owner', {}, true);
    const wrong = await change(owner, await memberOf('member'), [
      ['approve', 'upTo'],
      ['currency', 'USD'],
      ['amount', 'lots'],
    ]);
    expect([wrong.status, wrong.text.includes('Write the amount in USD like 1000 or 1000.50.')]).toEqual([422, true]);
    expect(wrong.text).toContain('value="lots"');
    const code = await change(owner, await memberOf('member'), [
      ['approve', 'upTo'],
      ['currency', 'DOLLAR'],
      ['amount', '1'],
    ]);
    expect(code.text).toContain('three letters');
    const odd = await change(owner, await memberOf('member'), [['customer', 'no id']]);
    expect([odd.status, odd.text.includes('These limits cannot be kept')]).toEqual([422, true]);
    const top = await memberOf('owner');
    expect((await owner('GET', `/settings/members/${top}`)).text).toContain('An owner cannot be limited');
    expect((await change(owner, top, fields)).status).toBe(403);
  });

  it('finds customers by a part of their name, and keeps what was ticked', async () => {
    const admin = await aKey('admin', {}, true);
    const ask = new URLSearchParams({ find: own.customerName.slice(0, 6).toUpperCase(), customer: other.customerId });
    const { text } = await admin('POST', '/settings/members/customer-choices', ask);
    expect(text).toContain(`value="${other.customerId}" checked`);
    expect(text).toContain(`value="${own.customerId}">`);
    expect((await (await aKey('member', {}))('POST', '/settings/members/customer-choices', ask)).status).toBe(403);
    const limited = await aKey('admin', { customers: [own.customerId] });
    expect((await limited('POST', '/settings/members/customer-choices', new URLSearchParams({ find: '' }))).text).not.toContain(
      other.customerId,
    );
  });

  it('makes a key for one customer', async () => {
    const owner = await aKey('owner', {}, true);
    const wanted = new URLSearchParams({ name: 'One', role: 'member', preset: 'read', approve: 'upTo', customer: own.customerId });
    const { status } = await owner('POST', '/settings/api-keys', wanted);
    expect(status).toBe(200);
    const key = (await app.get(ApiKeys).list(tenantId)).find(({ name }) => name === 'One');
    expect(key?.limits).toMatchObject({ customers: [own.customerId], approveUpTo: {} });
    expect((await owner('GET', '/settings/api-keys')).text).toContain('approves nothing · 1 customer');
  });
});
