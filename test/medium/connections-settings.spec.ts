/** Goal: what people set holds, cannot be set wrongly, stays within their company, and is in the audit log. */
import 'reflect-metadata';
import type { TestingModule } from '@nestjs/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CodeMappings } from '../../src/connections/code-mappings.js';
import { ConnectionSettings } from '../../src/connections/settings.js';
import { SyncRunCommands } from '../../src/connections/sync-run-commands.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { ScheduleRepository } from '../../src/jobs/schedule.repository.js';
import { CodeMappingEntity } from '../../src/connections/code-mapping.entity.js';
import { ConnectionEntity } from '../../src/connections/connection.entity.js';
import { LocationEntity } from '../../src/connections/location.entity.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { connectVendors } from '../support/connect-vendors.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTenant } from '../support/tenant.js';
import { anAdmin, openConnections, startVendors, type RunningVendors } from '../support/vendors.js';

let database: TestDatabase;
let vendors: RunningVendors;
let app: TestingModule;
let tx: TenantTransaction;
let settings: ConnectionSettings;
let runs: SyncRunCommands;
let mappings: CodeMappings;
let admin: Principal;
let psa: string;
let quickbooks: string;
let xero: string;

beforeAll(async () => {
  [database, vendors] = await Promise.all([createTestDatabase(), startVendors()]);
  app = await openConnections(database, vendors);
  tx = app.get(TenantTransaction);
  settings = app.get(ConnectionSettings);
  runs = app.get(SyncRunCommands);
  mappings = app.get(CodeMappings);
});

afterAll(async () => {
  await app.close();
  await vendors.close();
  await database.drop();
});

beforeEach(async () => {
  admin = anAdmin(await createTenant(database.ownerUrl, 'MSP'));
  await connectVendors(app, admin.tenantId, vendors.urls);
  const rows = await tx.run(admin.tenantId, () => tx.rows(ConnectionEntity).findBy({ tenantId: admin.tenantId }));
  [psa = '', quickbooks = '', xero = ''] = ['connectwise', 'quickbooks', 'xero'].map(
    (key) => rows.find((row) => row.connector === key)?.id ?? '',
  );
});

const row = (id: string) => tx.run(admin.tenantId, () => tx.rows(ConnectionEntity).findOneByOrFail({ tenantId: admin.tenantId, id }));
const schedule = (id: string, kind: string) =>
  tx.run(admin.tenantId, async () => (await app.get(ScheduleRepository).of(id)).find((each) => each.kind === kind));
const location = () => tx.run(admin.tenantId, () => tx.rows(LocationEntity).findOneByOrFail({ tenantId: admin.tenantId, externalId: '1' }));
const code = (id: string, key: string) =>
  tx.run(admin.tenantId, async () => (await tx.rows(CodeMappingEntity).findOneBy({ connectionId: id, key }))?.code);
const lastEvent = (action: string) =>
  tx.run(admin.tenantId, async () => (await tx.rows(AuditEventEntity).find({ where: { action }, order: { id: 'DESC' }, take: 1 }))[0]);
const sendJobs = (id: string) =>
  tx.run(admin.tenantId, async () => {
    const jobs = await tx.query<{ count: number }>(
      `select count(*)::int as count from pgboss.job where name = 'posting.send' and data->>'id' = $1`,
      [id],
    );
    return jobs[0]?.count ?? 0;
  });

describe('a location', () => {
  it('is mapped to another ledger or to none; the ledger is woken to plan what waited', async () => {
    const before = await sendJobs(xero);
    await settings.mapLocation(admin, psa, '1', xero);
    expect((await location()).ledgerConnectionId).toBe(xero);
    expect(await sendJobs(xero)).toBe(before + 1);
    expect(await lastEvent('location.mapped')).toMatchObject({
      actorLabel: 'Dana Roe',
      before: { location: '1', ledger: quickbooks },
      after: { location: '1', ledger: xero },
    });
    await settings.mapLocation(admin, psa, '1', null);
    expect((await location()).ledgerConnectionId).toBeNull();
  });

  it('is never mapped to what is no ledger, does not exist, or belongs to another company', async () => {
    await expect(settings.mapLocation(admin, psa, '1', psa)).rejects.toMatchObject({ kind: 'invalid' });
    await expect(settings.mapLocation(admin, psa, '99', xero)).rejects.toMatchObject({ kind: 'not_found' });
    const stranger = anAdmin(await createTenant(database.ownerUrl, 'Other'));
    await expect(settings.mapLocation(stranger, psa, '1', xero)).rejects.toMatchObject({ kind: 'not_found' });
    expect((await location()).ledgerConnectionId).toBe(quickbooks);
  });
});

describe('codes', () => {
  it('are chosen from what the ledger has, all or none', async () => {
    const codes = await mappings.ledgerCodes(admin.tenantId, xero);
    const active = codes?.categories.find((each) => each.active)?.code ?? '';
    const tax = codes?.taxes.find((each) => each.active)?.code ?? '';
    await mappings.edit(admin, xero, [
      { kind: 'category', key: 'expense', code: active },
      { kind: 'tax', key: 'GST', code: tax },
    ]);
    expect([await code(xero, 'expense'), await code(xero, 'GST')]).toEqual([active, tax]);
    expect((await lastEvent('connection.codes_mapped'))?.after).toEqual({ 'category.expense': active, 'tax.GST': tax });
    await expect(
      mappings.edit(admin, xero, [
        { kind: 'category', key: 'expense', code: null },
        { kind: 'category', key: 'product', code: 'no such account' },
      ]),
    ).rejects.toMatchObject({ kind: 'invalid', facts: { field: 'category.product' } });
    expect(await code(xero, 'expense')).toBe(active);
    await mappings.edit(admin, xero, [{ kind: 'tax', key: 'GST', code: null }]);
    expect(await code(xero, 'GST')).toBeUndefined();
  });

  it('of things that do not exist are refused', async () => {
    await expect(mappings.edit(admin, xero, [{ kind: 'category', key: 'rent', code: null }])).rejects.toMatchObject({ kind: 'invalid' });
    await expect(mappings.edit(admin, xero, [{ kind: 'tax', key: ' ', code: null }])).rejects.toMatchObject({ kind: 'invalid' });
    await expect(mappings.edit(admin, psa, [{ kind: 'status', key: 'paid', code: '3' }])).rejects.toMatchObject({ kind: 'invalid' });
    const stranger = anAdmin(await createTenant(database.ownerUrl, 'Other'));
    await expect(mappings.edit(stranger, xero, [])).rejects.toMatchObject({ kind: 'not_found' });
  });
});

describe('billing statuses', () => {
  it('can be any harmless one, never one that says sent or closes the invoice', async () => {
    expect((await mappings.statuses(admin.tenantId, psa))?.map((status) => status.name)).toContain('Ready to Send');
    await mappings.edit(admin, psa, [{ kind: 'status', key: 'approved', code: '2' }]);
    expect(await code(psa, 'approved')).toBe('2');
    for (const dangerous of ['5', '6', '77'])
      await expect(mappings.edit(admin, psa, [{ kind: 'status', key: 'approved', code: dangerous }])).rejects.toMatchObject({
        kind: 'invalid',
      });
    expect(await code(psa, 'approved')).toBe('2');
    await mappings.edit(admin, psa, [{ kind: 'status', key: 'approved', code: null }]);
    await settings.test(admin, psa);
    // What a person took away does not come back with the next check.
    expect(await code(psa, 'approved')).toBeUndefined();
  });
});

describe('a schedule', () => {
  it('has the interval people set, counted from now, within bounds', async () => {
    const began = Date.now();
    await settings.setInterval(admin, psa, 'pull', 5);
    const ended = Date.now();
    const changed = await schedule(psa, 'pull');
    expect(changed?.intervalMinutes).toBe(5);
    const from = (changed?.nextDueAt.getTime() ?? 0) - 300_000;
    expect(from).toBeGreaterThanOrEqual(began);
    expect(from).toBeLessThanOrEqual(ended);
    expect(await lastEvent('connection.interval_changed')).toMatchObject({
      before: { intervalMinutes: 15 },
      after: { intervalMinutes: 5 },
    });
    for (const minutes of [0, 4, 10_081, 7.5, Number.NaN])
      await expect(settings.setInterval(admin, psa, 'pull', minutes)).rejects.toMatchObject({ kind: 'invalid' });
    await expect(settings.setInterval(admin, xero, 'pull', 15)).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('pauses and resumes', async () => {
    await settings.pauseSchedule(admin, xero, 'settle');
    expect((await schedule(xero, 'settle'))?.paused).toBe(true);
    await settings.resumeSchedule(admin, xero, 'settle');
    expect((await schedule(xero, 'settle'))?.paused).toBe(false);
    expect(await lastEvent('connection.schedule_resumed')).toBeDefined();
  });
});

describe('run now', () => {
  it('answers the run that waits already, and does only what the connection is for', async () => {
    const run = await runs.request(admin, xero);
    expect(run).toMatchObject({ kind: 'settle', state: 'queued', requestedBy: 'Dana Roe' });
    expect((await runs.request(admin, xero)).id).toBe(run.id);
    expect((await runs.request(admin, psa)).kind).toBe('pull');
    expect((await runs.request(admin, psa, 'sweep')).kind).toBe('sweep');
    await expect(runs.request(admin, xero, 'pull')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(runs.request(admin, psa, 'settle')).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('says why it cannot', async () => {
    await settings.pause(admin, xero);
    await expect(runs.request(admin, xero)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('paused') as string,
    });
    await settings.resume(admin, xero);
    await tx.run(admin.tenantId, () => tx.execute(`update connection set state = 'needs_reconnect' where id = $1`, [xero]));
    await expect(runs.request(admin, xero)).rejects.toMatchObject({ kind: 'conflict' });
  });
});

describe('a connection', () => {
  it('is paused by somebody with a name, and wakes what waited when it is resumed', async () => {
    await settings.pause(admin, quickbooks);
    expect(await row(quickbooks)).toMatchObject({ pausedBy: 'Dana Roe' });
    const before = await sendJobs(quickbooks);
    await settings.resume(admin, quickbooks);
    expect(await row(quickbooks)).toMatchObject({ pausedAt: null, pausedBy: null });
    expect(await sendJobs(quickbooks)).toBe(before + 1);
    expect(await lastEvent('connection.resumed')).toMatchObject({ before: { pausedBy: 'Dana Roe' } });
  });

  it('is called what people call it', async () => {
    await settings.rename(admin, xero, '  Melbourne books ');
    expect((await row(xero)).label).toBe('Melbourne books');
    await expect(settings.rename(admin, xero, ' ')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(settings.rename(admin, xero, 'x'.repeat(201))).rejects.toMatchObject({ kind: 'invalid' });
  });
});
