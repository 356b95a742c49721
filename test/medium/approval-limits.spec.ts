/** Goal: nobody approves more than they may, however they ask. Real HTTP, Postgres and a printed document. */
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiKeys } from '../../src/identity/api-keys.js';
import { scriptWith, startApi, type Script } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aSeedInvoice, seedConnections, seedInvoices } from '../support/seed-invoices.js';
import { createTenant } from '../support/tenant.js';

const OPERATOR = { kind: 'operator', id: 'test', label: 'Test' } as const;

let database: TestDatabase;
let app: NestExpressApplication;
let url: string;
let tenantId: string;
let id: string;
let amount: string;
let currency: string;
let documentHash: string;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ app, url } = await startApi(database));
  tenantId = await createTenant(database.ownerUrl, 'Here');
  const seeded = await seedInvoices(app, await seedConnections(app, tenantId), [aSeedInvoice(1)]);
  [id = ''] = seeded.values();
  const admin = await aKey(null);
  await admin('GET', `/invoices/${id}/document.pdf`);
  const seen = (await admin('GET', `/invoices/${id}`)).body as { total: { amount: string; currency: string }; documentHash: string };
  ({ amount, currency } = seen.total);
  documentHash = seen.documentHash;
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

async function aKey(approveUpTo: Record<string, string> | null): Promise<Script> {
  const { key } = await app.get(ApiKeys).create(tenantId, OPERATOR, { name: 'limited', role: 'admin', limits: { approveUpTo } });
  return scriptWith(url, { authorization: `Bearer ${key}` });
}

async function approve(approveUpTo: Record<string, string> | null) {
  const script = await aKey(approveUpTo);
  return await script('POST', `/invoices/${id}/approval`, { body: { documentHash } });
}

it('refuses an approval above the amount, in another currency, and where no amount is allowed', async () => {
  const [whole = '', cents = '00'] = amount.split('.');
  const justBelow = `${BigInt(whole) - 1n}.${cents}`;
  for (const limit of [{ [currency]: justBelow }, { XTS: '999999999' }, {}]) {
    expect(await approve(limit), JSON.stringify(limit)).toMatchObject({ status: 403, body: { aboveLimit: true } });
  }
  const { body } = await (await aKey(null))('GET', `/invoices/${id}`);
  expect(body).toMatchObject({ state: 'in_review', approval: null, postings: [] });
});

it('takes one up to exactly the amount', async () => {
  expect(await approve({ [currency]: amount })).toMatchObject({ status: 200, body: { final: true } });
});
