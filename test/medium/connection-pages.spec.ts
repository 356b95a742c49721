/** Goal: the pages of connections say how each stands and change what they say they change. Real HTTP, Postgres and invented vendors. */
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScheduleRepository } from '../../src/jobs/schedule.repository.js';
import { CodeMappingEntity } from '../../src/connections/code-mapping.entity.js';
import { ConnectionEntity } from '../../src/connections/connection.entity.js';
import { LocationEntity } from '../../src/connections/location.entity.js';
import { SyncRunEntity } from '../../src/jobs/sync-run.entity.js';
import { VendorRecordEntity } from '../../src/billing/invoices/vendor-record.entity.js';
import { TenantSettingsEntity } from '../../src/identity/tenant-settings.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { connectVendors } from '../support/connect-vendors.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aVisitor, startPages, type PageVisitor } from '../support/pages.js';
import { createTenant } from '../support/tenant.js';
import { startVendors, type RunningVendors } from '../support/vendors.js';

let database: TestDatabase;
let vendors: RunningVendors;
let app: NestExpressApplication;
let url: string;
let tx: TenantTransaction;
let tenantId: string;
let owner: PageVisitor;
let admin: PageVisitor;
let member: PageVisitor;
let psa: string;
let ledger: string;

beforeAll(async () => {
  [database, vendors] = await Promise.all([createTestDatabase(), startVendors()]);
  ({ app, url } = await startPages(database, vendors.environment));
  tx = app.get(TenantTransaction);
});
afterAll(async () => {
  await app.close();
  await vendors.close();
  await database.drop();
});
beforeEach(async () => {
  tenantId = await createTenant(database.ownerUrl, 'MSP');
  await connectVendors(app, tenantId, vendors.urls);
  const rows = await tx.run(tenantId, () => tx.rows(ConnectionEntity).findBy({ tenantId }));
  [psa = '', ledger = ''] = ['connectwise', 'xero'].map((key) => rows.find(({ connector }) => connector === key)?.id ?? '');
  admin = await aVisitor(app, url, tenantId, 'admin');
  owner = await aVisitor(app, url, tenantId, 'owner');
  member = await aVisitor(app, url, tenantId, 'member');
});

const row = (id: string) => tx.run(tenantId, () => tx.rows(ConnectionEntity).findOneByOrFail({ tenantId, id }));
const settings = () => tx.run(tenantId, () => tx.rows(TenantSettingsEntity).findOneByOrFail({ tenantId }));
const schedule = (id: string, kind: string) =>
  tx.run(tenantId, async () => (await app.get(ScheduleRepository).of(id)).find((each) => each.kind === kind));
const endRuns = () => tx.run(tenantId, () => tx.rows(SyncRunEntity).update({ tenantId }, { state: 'succeeded', finishedAt: new Date() }));

it('everybody sees how each stands; only who may is offered to change it', async () => {
  const [mine, theirs] = [await owner('GET', '/connections'), await member('GET', '/connections')];
  for (const { status, text } of [mine, theirs]) {
    expect(status).toBe(200);
    for (const id of [psa, ledger]) expect(text).toContain(`id="connection-${id}"`);
  }
  expect(mine.text).toContain('Start posting');
  expect(theirs.text).toContain('An owner starts posting.');
  expect(theirs.text).not.toMatch(/href="\/connect\/|\/pause"|posting-stop"|<dialog id="(stop|go-live)/);
  const [page, read] = [await owner('GET', `/connections/${ledger}`), await member('GET', `/connections/${ledger}`)];
  expect(page.text).toContain('Save account mapping');
  expect(read.text).not.toContain('Save account mapping');
  const stranger = await aVisitor(app, url, await createTenant(database.ownerUrl, 'Other'), 'owner');
  expect((await stranger('GET', `/connections/${ledger}`)).status).toBe(404);
  expect((await owner('GET', '/connections/nonsense')).status).toBe(422);
});

it('nobody without the right changes anything', async () => {
  for (const path of ['pause', 'check', 'name', 'mapping', 'locations', 'statuses', 'schedule', 'go-live'])
    expect([path, (await member('POST', `/connections/${psa}/${path}`, { name: 'x' })).status]).toEqual([path, 403]);
  for (const path of [`/connections/${psa}`, `/connections/${psa}/pause`, '/posting-stop'])
    expect((await member('DELETE', path)).status).toBe(403);
  expect((await member('POST', '/posting-stop')).status).toBe(403);
  const readOnly = await aVisitor(app, url, tenantId, 'read_only');
  for (const path of ['runs', 'set-aside']) expect((await readOnly('POST', `/connections/${psa}/${path}`)).status).toBe(403);
  expect((await admin('POST', `/connections/${ledger}/go-live`, { date: '2026-11-01' })).status).toBe(403);
  expect(await row(ledger)).toMatchObject({ postingMode: 'preview', pausedAt: null, state: 'connected' });
});

describe('a ledger goes live', () => {
  it('from the day that an owner picks, once', async () => {
    expect((await owner('POST', `/connections/${ledger}/go-live`, { date: 'soon' })).status).toBe(422);
    expect((await owner('POST', `/connections/${psa}/go-live`, { date: '2026-11-01' })).status).toBe(409);
    expect((await owner('POST', `/connections/${ledger}/go-live`, { date: '2026-11-01' })).location).toBe(`/connections/${ledger}`);
    expect(await row(ledger)).toMatchObject({ postingMode: 'live', goLiveDate: '2026-11-01' });
    expect((await owner('POST', `/connections/${ledger}/go-live`, { date: '2026-12-01' })).status).toBe(409);
    expect((await row(ledger)).goLiveDate).toBe('2026-11-01');
  });

  it('not while something stands in its way', async () => {
    await tx.run(tenantId, () => tx.rows(LocationEntity).update({ tenantId, ledgerConnectionId: ledger }, { ledgerConnectionId: null }));
    const page = await owner('POST', `/connections/${ledger}/go-live`, { date: '2026-11-01' });
    expect([page.status, page.text.includes('No location posts here yet')]).toEqual([409, true]);
    expect((await row(ledger)).postingMode).toBe('preview');
  });
});

it('posting is stopped and resumed for the whole company, and every page says so', async () => {
  expect((await admin('POST', '/posting-stop')).location).toBe('/connections');
  expect((await settings()).postingStoppedBy).toBe('admin visitor');
  expect((await member('GET', '/connections')).text).toContain('Posting is stopped.');
  expect((await admin('DELETE', '/posting-stop')).headers.get('hx-refresh')).toBe('true');
  expect((await settings()).postingStoppedAt).toBeNull();
});

it('a connection is paused, resumed, renamed, checked and disconnected', async () => {
  await admin('POST', `/connections/${psa}/pause`);
  expect((await row(psa)).pausedBy).toBe('admin visitor');
  const paused = await member('POST', `/connections/${psa}/runs`);
  expect([paused.status, paused.text.includes('This connection is paused')]).toEqual([409, true]);
  expect((await admin('DELETE', `/connections/${psa}/pause`)).headers.get('hx-refresh')).toBe('true');
  expect((await row(psa)).pausedAt).toBeNull();
  expect((await admin('POST', `/connections/${psa}/name`, { name: ' ' })).status).toBe(422);
  expect((await admin('POST', `/connections/${psa}/name`, { name: 'Our <PSA>' })).location).toContain('saved=name');
  expect((await admin('GET', `/connections/${psa}?saved=name`)).text).toContain('Our &lt;PSA&gt;');
  expect((await admin('POST', `/connections/${psa}/check`)).location).toContain('saved=checked');
  // It ends what was authorised, so that a key of less than an owner is not enough.
  expect((await admin('DELETE', `/connections/${psa}`)).status).toBe(403);
  expect((await owner('DELETE', `/connections/${psa}`)).headers.get('hx-refresh')).toBe('true');
  expect(await row(psa)).toMatchObject({ state: 'disconnected', sealedCredentials: null });
  expect((await admin('GET', `/connections/${psa}`)).text).toContain('href="/connect/connectwise"');
});

it('records that were set aside are read again in a run', async () => {
  await endRuns();
  const record = { tenantId, connectionId: psa, kind: 'invoice' as const, externalId: '1', number: '<1001>', payload: {} };
  const at = new Date();
  await tx.run(tenantId, () =>
    tx.rows(VendorRecordEntity).insert({
      ...record,
      vendorUpdatedAt: at,
      fetchedAt: at,
      expiresAt: at,
      problem: 'No type.',
      problemField: 'invoice.type',
      interpretedAt: at,
    }),
  );
  expect((await member('GET', `/connections/${psa}`)).text).toContain('&lt;1001&gt;');
  expect((await member('POST', `/connections/${psa}/set-aside`)).location).toContain('saved=read-again');
  const [found, run] = await tx.run(tenantId, async () => [
    await tx.rows(VendorRecordEntity).findOneByOrFail({ tenantId, externalId: '1' }),
    await tx.rows(SyncRunEntity).findOneBy({ tenantId, connectionId: psa, state: 'queued' }),
  ]);
  expect([found.interpretedAt, run?.kind]).toEqual([null, 'pull']);
  expect((await member('GET', `/connections/${psa}`)).text).toContain(`/connections/${psa}/runs/${run?.id}/progress`);
});

describe('forms', () => {
  it('of schedules change what differs, all or none', async () => {
    const before = await schedule(psa, 'sweep');
    const saved = await admin('POST', `/connections/${psa}/schedule`, {
      'pull.minutes': '30',
      'pull.paused': 'yes',
      'sweep.minutes': '1440',
    });
    expect(saved.location).toContain('saved=schedule');
    expect(await schedule(psa, 'pull')).toMatchObject({ intervalMinutes: 30, paused: true });
    expect(await schedule(psa, 'sweep')).toEqual(before);
    for (const wrong of ['1', 'often', '']) {
      expect((await admin('POST', `/connections/${psa}/schedule`, { 'pull.minutes': '45', 'sweep.minutes': wrong })).status).toBe(422);
      expect((await schedule(psa, 'pull'))?.intervalMinutes).toBe(30);
    }
    await admin('POST', `/connections/${psa}/schedule`, { 'pull.minutes': '30' });
    expect((await schedule(psa, 'pull'))?.paused).toBe(false);
  });

  it('of codes offer what the ledger has and take nothing else', async () => {
    const code = () =>
      tx.run(tenantId, async () => (await tx.rows(CodeMappingEntity).findOneBy({ tenantId, connectionId: ledger, key: 'expense' }))?.code);
    const before = await code();
    expect((await admin('GET', `/connections/${ledger}`)).text).toContain(`<option value="${before}" selected>`);
    expect((await admin('POST', `/connections/${ledger}/mapping`, { 'category.expense': 'none such' })).status).toBe(422);
    expect((await admin('POST', `/connections/${ledger}/mapping`, { 'category.rent': '200' })).status).toBe(422);
    expect(await code()).toBe(before);
    expect((await admin('POST', `/connections/${ledger}/mapping`, { 'category.expense': '' })).status).toBe(303);
    expect(await code()).toBeUndefined();
    expect((await admin('GET', '/settings/codes')).text).toContain('1 code needs your look');
  });

  it('of locations and statuses stand on the page of their source', async () => {
    const field = `location.${psa}.1`;
    expect((await admin('GET', `/connections/${psa}`)).text).toContain(`name="${field}"`);
    expect((await admin('POST', `/connections/${psa}/locations`, { [field]: ledger })).location).toContain('saved=locations');
    const location = await tx.run(tenantId, () => tx.rows(LocationEntity).findOneByOrFail({ tenantId, externalId: '1' }));
    expect(location.ledgerConnectionId).toBe(ledger);
    expect((await admin('POST', `/connections/${psa}/statuses`, { approved: '' })).location).toContain('saved=statuses');
    expect((await admin('POST', `/connections/${psa}/statuses`, { approved: '999' })).status).toBe(422);
  });
});
