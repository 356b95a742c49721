/** Goal: a vendor's call is believed only with its signature, is a hint to whom it concerns, and costs next to nothing. */
import { createHmac } from 'node:crypto';
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Disconnect } from '../../src/connections/disconnect.js';
import { Connect } from '../../src/connections/connect.js';
import { pressFirstButton } from '../../sandbox/kit/press-button.js';
import { ConnectionSettings } from '../../src/connections/settings.js';
import { WebhookIntake } from '../../src/connections/webhook-intake.js';
import { ScheduleRepository } from '../../src/jobs/schedule.repository.js';
import { SyncRunRepository } from '../../src/jobs/sync-run.repository.js';
import { ConnectionEntity } from '../../src/connections/connection.entity.js';
import { SyncRunEntity } from '../../src/jobs/sync-run.entity.js';
import { withClient } from '../../src/platform/postgres/roles.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { startConnectHttp } from '../support/connect-http.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTenant } from '../support/tenant.js';
import { anAdmin, startVendors, type RunningVendors } from '../support/vendors.js';

const XERO_KEY = 'xero webhook key';
const QUICKBOOKS_TOKEN = 'quickbooks verifier token';
const PSA_KEYS = { site: 'na.myconnectwise.net', companyId: 'lumenit', publicKey: 'sandboxpublic', privateKey: 'sandboxprivate' };

let database: TestDatabase;
let vendors: RunningVendors;
let app: NestExpressApplication;
let url: string;
let tx: TenantTransaction;

beforeAll(async () => {
  [database, vendors] = await Promise.all([createTestDatabase(), startVendors()]);
  Object.assign(vendors.environment, { XERO_WEBHOOK_KEY: XERO_KEY, QUICKBOOKS_WEBHOOK_TOKEN: QUICKBOOKS_TOKEN });
  ({ app, url } = await startConnectHttp(database, vendors));
  tx = app.get(TenantTransaction);
});

afterAll(async () => {
  await app.close();
  await vendors.close();
  await database.drop();
});

let tenantId: string;
beforeEach(async () => void (tenantId = await createTenant(database.ownerUrl, 'MSP')));

async function ledgerOf(tenant: string, key: string): Promise<ConnectionEntity> {
  const connect = app.get(Connect);
  const { location, sealed } = connect.begin(anAdmin(tenant), key);
  const query = Object.fromEntries((await pressFirstButton(location)).searchParams);
  const outcome = await connect.complete(anAdmin(tenant), key, query, sealed);
  if (!('connectionId' in outcome)) throw new Error('One account was expected');
  return await tx.run(tenant, () => tx.rows(ConnectionEntity).findOneByOrFail({ tenantId: tenant, id: outcome.connectionId }));
}

const runs = (tenant = tenantId) => tx.run(tenant, () => tx.rows(SyncRunEntity).findBy({ tenantId: tenant }));
const hmac = (key: string, body: string) => createHmac('sha256', key).update(body).digest('base64');

async function call(path: string, body: string, headers: Record<string, string>): Promise<number> {
  const answer = await fetch(`${url}${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  await answer.body?.cancel();
  return answer.status;
}

function xeroBody(...accounts: string[]): string {
  const event = (account: string) => ({
    resourceId: 'f0e4ee2f-5f0c-4b66-8a50-3d5a2e0b8a11',
    eventCategory: 'INVOICE',
    eventType: 'UPDATE',
    tenantId: account,
    tenantType: 'ORGANISATION',
  });
  return JSON.stringify({ events: accounts.map(event), firstEventSequence: 1, lastEventSequence: accounts.length });
}

const callXero = (body: string, signature = hmac(XERO_KEY, body)) => call('/webhooks/xero', body, { 'x-xero-signature': signature });

describe('a call for an app', () => {
  it('reaches every tenant that links the account, once, however many events it brings', async () => {
    const other = await createTenant(database.ownerUrl, 'Other');
    const { externalAccountId: account } = await ledgerOf(tenantId, 'xero');
    await ledgerOf(other, 'xero');
    const unconcerned = await createTenant(database.ownerUrl, 'Unconcerned');
    expect(await callXero(xeroBody(account, account, account))).toBe(200);
    expect(await callXero(xeroBody(account))).toBe(200);
    for (const tenant of [tenantId, other])
      expect(await runs(tenant)).toMatchObject([{ kind: 'settle', state: 'queued', requestedBy: 'A change at the vendor' }]);
    expect(await runs(unconcerned)).toEqual([]);
    const [run] = await runs();
    await tx.run(tenantId, () => app.get(SyncRunRepository).finish(run?.id ?? '', 'cancelled'));
    expect(await callXero(xeroBody(account, account))).toBe(200);
    expect(await runs()).toHaveLength(2);
  });

  it('that comes while the ledger is being read is not lost: it is read again soon', async () => {
    const { id, externalAccountId: account } = await ledgerOf(tenantId, 'xero');
    const schedules = app.get(ScheduleRepository);
    const inAnHour = new Date(Date.now() + 3_600_000);
    const nextLook = async () =>
      (await tx.run(tenantId, () => schedules.of(id))).find(({ kind }) => kind === 'settle')?.nextDueAt.getTime();
    const read = await tx.run(tenantId, async () => {
      await schedules.change(id, 'settle', { nextDueAt: inAnHour });
      return await app.get(SyncRunRepository).request(id, 'settle', 'Schedule');
    });
    expect(await nextLook()).toBe(inAnHour.getTime());
    await tx.run(tenantId, () => app.get(SyncRunRepository).begin(read.id, undefined));
    expect(await callXero(xeroBody(account, account, account, account, account))).toBe(200);
    expect(await runs()).toHaveLength(1);
    expect(await nextLook()).toBeLessThan(Date.now() + 120_000);
  });

  it('does something once, however often it is repeated; only what led to something is remembered, and no more than a hash', async () => {
    const { externalAccountId: account } = await ledgerOf(tenantId, 'xero');
    const counted = () => withClient(database.ownerUrl, async (client) => (await client.query('select key from rate_budget')).rows.length);
    const body = xeroBody(account, account, account, account);
    const signature = hmac(XERO_KEY, body);
    expect(await callXero(xeroBody('00000000-0000-4000-8000-00000000dead'))).toBe(200);
    expect(await callXero(body, 'forged')).toBe(401);
    const before = await counted();
    for (let time = 0; time < 3; time += 1) {
      expect(await callXero(body, signature)).toBe(200);
      const waiting = (await runs()).find(({ state }) => state === 'queued');
      if (waiting) await tx.run(tenantId, () => app.get(SyncRunRepository).finish(waiting.id, 'cancelled'));
    }
    expect(await runs()).toHaveLength(1);
    expect(await counted()).toBe(before + 1);
  });

  it('spans accounts: each finds its own', async () => {
    const { externalAccountId: account } = await ledgerOf(tenantId, 'xero');
    expect(await callXero(xeroBody('00000000-0000-4000-8000-00000000dead', account))).toBe(200);
    expect(await runs()).toHaveLength(1);
  });

  it("with a wrong, another body's or no signature is refused and leaves no trace", async () => {
    const { externalAccountId: account } = await ledgerOf(tenantId, 'xero');
    const body = xeroBody(account);
    for (const signature of [hmac('wrong', body), hmac(XERO_KEY, `${body} `), '', 'x'.repeat(10_000)])
      expect(await callXero(body, signature)).toBe(401);
    expect(await call('/webhooks/xero', body, {})).toBe(401);
    expect(await runs()).toEqual([]);
    // The vendor's own test of the address: signed and empty.
    expect(await callXero('{"events":[],"firstEventSequence":0,"lastEventSequence":0}')).toBe(200);
  });

  it('is verified over the bytes as they came, not over what they mean', async () => {
    const { externalAccountId: account } = await ledgerOf(tenantId, 'xero');
    const spaced = JSON.stringify(JSON.parse(xeroBody(account)), undefined, 3);
    expect(await callXero(spaced)).toBe(200);
    expect(await callXero(xeroBody(account), hmac(XERO_KEY, spaced))).toBe(401);
    expect(await runs()).toHaveLength(1);
  });

  it('for an account that nobody links is taken, counted and not kept', async () => {
    const before = app.get(WebhookIntake).unknownAccounts['xero'] ?? 0;
    expect(await callXero(xeroBody('00000000-0000-4000-8000-00000000dead'))).toBe(200);
    expect(app.get(WebhookIntake).unknownAccounts['xero']).toBe(before + 1);
  });

  it('that is signed and unreadable, too large, or at an address that is none, is refused', async () => {
    expect(await callXero('{"something":"else"}')).toBe(400);
    const large = xeroBody('a'.repeat(1_100_000));
    expect(await callXero(large)).toBe(413);
    expect(await call('/webhooks/nobody', '{}', {})).toBe(404);
    expect(await call(`/webhooks/xero/${tenantId}`, '{}', {})).toBe(404);
    expect(await call('/webhooks/connectwise', '{}', {})).toBe(404);
  });

  it('for a connection that is paused or disconnected asks for nothing', async () => {
    const { id, externalAccountId: account } = await ledgerOf(tenantId, 'quickbooks');
    let body = JSON.stringify([{ type: 'qbo.payment.created.v1', intuitentityid: '7', intuitaccountid: account }]);
    const notify = () => call('/webhooks/quickbooks', body, { 'intuit-signature': hmac(QUICKBOOKS_TOKEN, body) });
    await app.get(ConnectionSettings).pause(anAdmin(tenantId), id);
    expect(await notify()).toBe(200);
    expect(await runs()).toEqual([]);
    await app.get(ConnectionSettings).resume(anAdmin(tenantId), id);
    expect(await notify()).toBe(200);
    expect(await runs()).toHaveLength(1);
    const [run] = await runs();
    await tx.run(tenantId, () => app.get(SyncRunRepository).finish(run?.id ?? '', 'cancelled'));
    await app.get(Disconnect).end(anAdmin(tenantId), id);
    body = body.replace('"7"', '"8"');
    expect(await notify()).toBe(200);
    expect(await runs()).toHaveLength(1);
  });

  it('is answered and asks for one run, also when many come at once', async () => {
    const { externalAccountId: account } = await ledgerOf(tenantId, 'xero');
    const body = xeroBody(...Array.from({ length: 500 }, () => account));
    const answers = await Promise.all(Array.from({ length: 20 }, () => callXero(body)));
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(await runs()).toHaveLength(1);
  });
});

describe('a call for one connection', () => {
  it('comes from the vendor itself when an invoice changes there, and asks for a pull', async () => {
    const outcome = await app.get(Connect).submit(anAdmin(tenantId), 'connectwise', PSA_KEYS);
    const id = 'connectionId' in outcome ? outcome.connectionId : '';
    await tx.run(tenantId, async () => {
      for (const run of await tx.rows(SyncRunEntity).findBy({ tenantId })) await app.get(SyncRunRepository).finish(run.id, 'cancelled');
    });
    const [invoice] = (await (await fetch(`${vendors.urls['connectwise']}/_sandbox/documents`)).json()) as { invoiceNumber: string }[];
    const changed = await fetch(`${vendors.urls['connectwise']}/_sandbox/invoices/${invoice?.invoiceNumber}`, {
      method: 'PATCH',
      body: JSON.stringify({ reference: 'PO 78' }),
    });
    expect([changed.status, await changed.text()]).toEqual([200, expect.anything()]);
    await expect.poll(async () => (await runs()).filter((run) => run.state === 'queued').length, { timeout: 20_000 }).toBe(1);
    expect((await runs()).find((run) => run.state === 'queued')).toMatchObject({ kind: 'pull', connectionId: id });
  });

  it('that is forged, or for a connection that does not exist, is refused alike', async () => {
    const outcome = await app.get(Connect).submit(anAdmin(tenantId), 'connectwise', PSA_KEYS);
    const id = 'connectionId' in outcome ? outcome.connectionId : '';
    const keyUrl = `${vendors.urls['connectwise']}/v2025_1/system/callbackkey/index.rails?companyName=lumenit&id=1`;
    const body = JSON.stringify({ CompanyId: 'lumenit', ID: 1, Type: 'invoice', Action: 'updated', Metadata: { key_url: keyUrl } });
    const forged = { 'x-content-signature': hmac('guess', body) };
    expect(await call(`/webhooks/connectwise/${id}?recordId=1&action=updated`, body, forged)).toBe(401);
    expect(await call('/webhooks/connectwise/00000000-0000-7000-8000-000000000000?recordId=1', body, forged)).toBe(401);
    expect(await call('/webhooks/connectwise/nonsense', body, forged)).toBe(401);
    expect(await runs()).toHaveLength(1);
  });
});
