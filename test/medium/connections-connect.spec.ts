/** Goal: a tenant is connected through the vendors' real doors, once for each account, and nothing secret lies open. */
import 'reflect-metadata';
import type { TestingModule } from '@nestjs/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CodeMappings } from '../../src/connections/code-mappings.js';
import { VendorReferenceRepository } from '../../src/connections/vendor-reference.repository.js';
import { Disconnect } from '../../src/connections/disconnect.js';
import { Connect } from '../../src/connections/connect.js';
import { pressFirstButton } from '../../sandbox/kit/press-button.js';
import { PendingGrants } from '../../src/connections/pending-grants.js';
import { SealedCredentials } from '../../src/connections/sealed-credentials.js';
import { ConnectionSettings } from '../../src/connections/settings.js';
import { FixedClock } from '../../src/platform/clock/fixed-clock.js';
import { Clock } from '../../src/platform/clock/clock.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { ConnectionRouteRepository } from '../../src/connections/connection-route.repository.js';
import { ScheduleRepository } from '../../src/jobs/schedule.repository.js';
import { CodeMappingEntity } from '../../src/connections/code-mapping.entity.js';
import { ConnectionEntity } from '../../src/connections/connection.entity.js';
import { LocationEntity } from '../../src/connections/location.entity.js';
import { PendingGrantEntity } from '../../src/connections/pending-grant.entity.js';
import { SyncRunEntity } from '../../src/jobs/sync-run.entity.js';
import { VendorCacheEntity } from '../../src/connections/vendor-cache.entity.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { connectVendors } from '../support/connect-vendors.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTenant } from '../support/tenant.js';
import { anAdmin, openConnections, startVendors, type RunningVendors } from '../support/vendors.js';

const PSA_KEYS = { site: 'na.myconnectwise.net', companyId: 'lumenit', publicKey: 'sandboxpublic', privateKey: 'sandboxprivate' };

let database: TestDatabase;
let vendors: RunningVendors;
let app: TestingModule;
let tx: TenantTransaction;
let connect: Connect;
let disconnection: Disconnect;
let admin: Principal;

beforeAll(async () => {
  [database, vendors] = await Promise.all([createTestDatabase(), startVendors()]);
  app = await openConnections(database, vendors);
  tx = app.get(TenantTransaction);
  connect = app.get(Connect);
  disconnection = app.get(Disconnect);
});

afterAll(async () => {
  await app.close();
  await vendors.close();
  await database.drop();
});

beforeEach(async () => {
  admin = anAdmin(await createTenant(database.ownerUrl, 'MSP'));
});

const rows = () =>
  tx.run(admin.tenantId, () => tx.rows(ConnectionEntity).find({ where: { tenantId: admin.tenantId }, order: { connector: 'ASC' } }));
const row = (id: string) => tx.run(admin.tenantId, () => tx.rows(ConnectionEntity).findOneByOrFail({ tenantId: admin.tenantId, id }));
const actions = async () =>
  (await tx.run(admin.tenantId, () => tx.rows(AuditEventEntity).find({ where: { tenantId: admin.tenantId }, order: { id: 'ASC' } }))).map(
    (event) => event.action,
  );

async function connectOAuth(key: string, caller = admin): Promise<string> {
  const { location, sealed } = connect.begin(caller, key);
  const query = Object.fromEntries((await pressFirstButton(location)).searchParams);
  const outcome = await connect.complete(caller, key, query, sealed);
  if (!('connectionId' in outcome)) throw new Error('One account was expected');
  return outcome.connectionId;
}

async function connectSource(): Promise<string> {
  const outcome = await connect.submit(admin, 'connectwise', PSA_KEYS);
  if (!('connectionId' in outcome)) throw new Error('One account was expected');
  return outcome.connectionId;
}

describe('the first connect', () => {
  it('of all three vendors leaves a tenant that only has to go live', async () => {
    const { previewLedgers } = await connectVendors(app, admin.tenantId, vendors.urls);
    const [psa, quickbooks, xero] = await rows();
    expect([psa?.connector, quickbooks?.connector, xero?.connector]).toEqual(['connectwise', 'quickbooks', 'xero']);
    for (const each of [psa, quickbooks, xero]) {
      expect(each).toMatchObject({ state: 'connected', postingMode: 'preview', health: { ok: true, missing: [] } });
      expect(each?.sealedCredentials).toMatch(/^v2\.[0-9a-f-]{36}\./);
    }
    expect(new Set(previewLedgers)).toEqual(new Set([quickbooks?.id, xero?.id]));
    const locations = await tx.run(admin.tenantId, () => tx.rows(LocationEntity).find({ order: { externalId: 'ASC' } }));
    expect(locations.map(({ name, ledgerConnectionId }) => [name, ledgerConnectionId])).toEqual([
      ['Tampa Office', quickbooks?.id],
      ['Melbourne Office', xero?.id],
    ]);
    // A second start finds everything connected and asks nobody.
    vendors.requests('quickbooks');
    await connectVendors(app, admin.tenantId, vendors.urls);
    expect(vendors.requests('quickbooks')).toEqual([]);
    expect(await rows()).toHaveLength(3);
  });

  it('of a billing source knows its statuses, chooses harmless ones, asks for callbacks and the first pull', async () => {
    const id = await connectSource();
    await tx.run(admin.tenantId, async () => {
      const mapped = await tx.rows(CodeMappingEntity).findBy({ connectionId: id, kind: 'status' });
      expect(Object.fromEntries(mapped.map(({ key, code }) => [key, code]))).toEqual({ approved: '3', rejected: '4', reopened: '2' });
      expect(await tx.rows(VendorCacheEntity).findOneByOrFail({ connectionId: id, kind: 'statuses' })).toMatchObject({
        payload: expect.arrayContaining([expect.objectContaining({ name: 'Sent', sent: true })]) as unknown,
      });
      expect(await tx.rows(SyncRunEntity).findBy({ connectionId: id })).toMatchObject([
        { kind: 'pull', state: 'queued', requestedBy: 'Dana Roe' },
      ]);
      const jobs = await tx.query<{ name: string }>(`select name from pgboss.job where data->>'tenantId' = $1`, [admin.tenantId]);
      expect(jobs.map((job) => job.name)).toContain('intake.pull');
      const schedules = await app.get(ScheduleRepository).of(id);
      expect(Object.fromEntries(schedules.map(({ kind, intervalMinutes }) => [kind, intervalMinutes]))).toEqual({
        post: 1,
        pull: 15,
        sweep: 1440,
      });
    });
    const callbacks = vendors.sandbox('connectwise').store.all<{ url: string }>('callback');
    expect(callbacks.map(({ url }) => url)).toContain(`http://localhost:3000/webhooks/connectwise/${id}?recordId=`);
    expect(await actions()).toEqual(['connection.connected']);
  });

  it('of a ledger keeps its codes and a suggested mapping', async () => {
    const id = await connectOAuth('xero');
    await tx.run(admin.tenantId, async () => {
      const mapped = await tx.rows(CodeMappingEntity).findBy({ connectionId: id });
      expect(mapped.filter(({ kind }) => kind === 'category').map(({ key }) => key)).toContain('service');
      expect(mapped.filter(({ kind }) => kind === 'tax').map(({ key }) => key)).toContain('taxable');
      const kept = (await tx.rows(VendorCacheEntity).findBy({ connectionId: id })).map(({ kind }) => kind);
      expect(kept.toSorted()).toEqual(['codes', 'profile']);
      const schedules = await app.get(ScheduleRepository).of(id);
      expect(Object.fromEntries(schedules.map(({ kind, intervalMinutes }) => [kind, intervalMinutes]))).toEqual({ post: 1, settle: 60 });
    });
  });

  it('lays no credential open anywhere in the database', async () => {
    const id = await connectSource();
    const { credentials } = await app.get(SealedCredentials).read(admin.tenantId, id);
    expect(credentials).toMatchObject({ publicKey: 'sandboxpublic', privateKey: 'sandboxprivate' });
    const stored = JSON.stringify([await rows(), await tx.run(admin.tenantId, () => tx.rows(AuditEventEntity).find())]);
    expect(stored).not.toContain('sandboxprivate');
  });
});

describe('Reconnect', () => {
  it('renews the row of the account and keeps what people set on it', async () => {
    const id = await connectOAuth('xero');
    const settings = app.get(ConnectionSettings);
    await settings.rename(admin, id, 'Books of Melbourne');
    await settings.setInterval(admin, id, 'settle', 30);
    await tx.run(admin.tenantId, () =>
      tx.execute(`update code_mapping set code = '999' where connection_id = $1 and key = 'service'`, [id]),
    );
    await tx.run(admin.tenantId, () => tx.execute(`update connection set state = 'needs_reconnect' where id = $1`, [id]));
    const before = await row(id);
    expect(await connectOAuth('xero')).toBe(id);
    const after = await row(id);
    expect(after).toMatchObject({ state: 'connected', label: 'Books of Melbourne', health: { ok: true } });
    expect(BigInt(after.grantEpoch)).toBe(BigInt(before.grantEpoch) + 1n);
    expect(after.sealedCredentials).not.toBe(before.sealedCredentials);
    await tx.run(admin.tenantId, async () => {
      expect(await tx.rows(CodeMappingEntity).findOneByOrFail({ connectionId: id, key: 'service' })).toMatchObject({ code: '999' });
      expect((await app.get(ScheduleRepository).of(id)).find(({ kind }) => kind === 'settle')).toMatchObject({ intervalMinutes: 30 });
    });
    expect(await actions()).toContain('connection.reconnected');
  });

  it('of two people at once makes one row', async () => {
    const made = await Promise.all([connectOAuth('quickbooks'), connectOAuth('quickbooks', anAdmin(admin.tenantId, 'Marco'))]);
    expect(new Set(made).size).toBe(1);
    expect(await rows()).toHaveLength(1);
  });
});

describe('the way back', () => {
  it('is refused for another state, person, company or vendor, and the code stays unspent', async () => {
    const { location, sealed } = connect.begin(admin, 'xero');
    const query = Object.fromEntries((await pressFirstButton(location)).searchParams);
    const strangers: [Principal, string, Record<string, string>, string | undefined][] = [
      [admin, 'xero', { ...query, state: 'guessed' }, sealed],
      [admin, 'xero', { code: query['code'] ?? '' }, sealed],
      [anAdmin(admin.tenantId, 'Marco'), 'xero', query, sealed],
      [anAdmin(await createTenant(database.ownerUrl, 'Other')), 'xero', query, sealed],
      [admin, 'quickbooks', query, sealed],
      [admin, 'xero', query, undefined],
      [admin, 'xero', query, `${sealed}x`],
    ];
    vendors.requests('xero');
    for (const [caller, key, given, cookie] of strangers)
      await expect(connect.complete(caller, key, given, cookie)).rejects.toMatchObject({ name: 'Refusal', kind: 'conflict' });
    expect(vendors.requests('xero')).toEqual([]);
    expect(await rows()).toEqual([]);
    await expect(connect.complete(admin, 'xero', query, sealed)).resolves.toMatchObject({ isNew: true });
  });

  it('is too late after fifteen minutes', async () => {
    const clock = new FixedClock(new Date());
    const late = await openConnections(database, vendors, { clock });
    try {
      const { location, sealed } = late.get(Connect).begin(admin, 'xero');
      const query = Object.fromEntries((await pressFirstButton(location)).searchParams);
      clock.advance(15 * 60_000 + 1);
      await expect(late.get(Connect).complete(admin, 'xero', query, sealed)).rejects.toMatchObject({ kind: 'conflict' });
    } finally {
      await late.close();
    }
  });

  it('of somebody who pressed Cancel says so and connects nothing', async () => {
    const { location, sealed } = connect.begin(admin, 'quickbooks');
    const state = new URL(location).searchParams.get('state') ?? '';
    await expect(connect.complete(admin, 'quickbooks', { state, error: 'access_denied' }, sealed)).rejects.toMatchObject({
      kind: 'grant_expired',
      message: expect.stringContaining('not allowed') as string,
    });
    expect(await rows()).toEqual([]);
  });
});

describe('a grant that opens several accounts', () => {
  const pendingRows = () => tx.run(admin.tenantId, () => tx.rows(PendingGrantEntity).find());
  let secondId: string;

  beforeAll(() => {
    const { store } = vendors.sandbox('xero');
    const first = store.all<{ id: string }>('organisation')[0];
    secondId = '5d0b4f0e-0000-4000-8000-00000000beef';
    store.put('organisation', secondId, { ...first, id: secondId, name: 'Lumen IT Holdings Pty Ltd' });
  });
  afterAll(() => vendors.sandbox('xero').store.delete('organisation', secondId));

  async function offered() {
    const { location, sealed } = connect.begin(admin, 'xero');
    const query = Object.fromEntries((await pressFirstButton(location)).searchParams);
    const outcome = await connect.complete(admin, 'xero', query, sealed);
    if (!('pendingGrantId' in outcome)) throw new Error('A choice was expected');
    return outcome;
  }

  it('waits sealed until the same person has picked one, and is used once', async () => {
    const { pendingGrantId, accounts } = await offered();
    expect(accounts.map(({ label }) => label)).toContain('Lumen IT Holdings Pty Ltd');
    expect(await rows()).toEqual([]);
    expect(JSON.stringify(await pendingRows())).not.toMatch(/refreshToken|access/i);
    expect(await connect.accountsOf(anAdmin(admin.tenantId, 'Marco'), 'xero', pendingGrantId)).toBeUndefined();
    await expect(connect.choose(admin, 'xero', pendingGrantId, 'not-offered')).rejects.toMatchObject({ kind: 'invalid' });
    const { connectionId } = await connect.choose(admin, 'xero', pendingGrantId, secondId);
    expect(await row(connectionId)).toMatchObject({ externalAccountId: secondId, label: 'Lumen IT Holdings Pty Ltd', state: 'connected' });
    expect(await pendingRows()).toEqual([]);
    await expect(connect.choose(admin, 'xero', pendingGrantId, secondId)).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('is taken back at the vendor by the last of its connections, also when two end at once', async () => {
    const ids: string[] = [];
    for (const at of [0, 1]) {
      const { pendingGrantId, accounts } = await offered();
      ids.push((await connect.choose(admin, 'xero', pendingGrantId, accounts[at]?.externalAccountId ?? '')).connectionId);
    }
    const ended = await Promise.all(ids.map((id) => disconnection.end(admin, id)));
    expect(ended.filter(({ revoked }) => revoked)).toHaveLength(1);
  });

  it('is void after fifteen minutes, and cleared away with the next', async () => {
    const { pendingGrantId } = await offered();
    await offered();
    expect(await pendingRows()).toHaveLength(2);
    const clock = new FixedClock(app.get(Clock).later(16 * 60_000));
    const later = await openConnections(database, vendors, { clock });
    try {
      await expect(later.get(Connect).choose(admin, 'xero', pendingGrantId, secondId)).rejects.toMatchObject({ kind: 'conflict' });
      const grant = { credentials: { key: 'value' }, accounts: [] };
      const id = await later.get(PendingGrants).keep(admin, 'xero', grant);
      expect((await pendingRows()).map((pending) => pending.id)).toEqual([id]);
    } finally {
      await later.close();
    }
  });
});

describe('keys typed into the form', () => {
  it('are checked before anything is stored', async () => {
    await expect(connect.submit(admin, 'connectwise', { ...PSA_KEYS, publicKey: ' ' })).rejects.toMatchObject({
      kind: 'invalid',
      facts: { field: 'publicKey' },
    });
    await expect(connect.submit(admin, 'connectwise', { ...PSA_KEYS, privateKey: 'wrong' })).rejects.toMatchObject({
      name: 'ConnectorError',
    });
    await expect(connect.submit(admin, 'xero', {})).rejects.toMatchObject({ kind: 'invalid' });
    expect(() => connect.begin(admin, 'connectwise')).toThrow(/connected with keys/);
    expect(() => connect.offer('nobody')).toThrow(/does not exist/);
    expect(await rows()).toEqual([]);
  });
});

describe('health', () => {
  it('names the permission that is missing and where to grant it, and recovers', async () => {
    const id = await connectSource();
    const settings = app.get(ConnectionSettings);
    await vendors.control('connectwise', '/options', { denied: ['agreements'] });
    try {
      const report = await settings.test(admin, id);
      expect(report).toMatchObject({ ok: false, missing: [{ permission: expect.stringContaining('Agreements') as string }] });
      expect((await row(id)).health).toEqual(report);
    } finally {
      await vendors.control('connectwise', '/options', { denied: [] });
    }
    expect(await settings.test(admin, id)).toMatchObject({ ok: true, missing: [] });
  });

  it.each([403, 404])('of a source that refuses one of its lists (%i) does not hide the other', async (status) => {
    const id = await connectSource();
    const statuses = () => app.get(CodeMappings).statuses(admin.tenantId, id);
    expect((await statuses())?.length).toBeGreaterThan(0);
    await tx.run(admin.tenantId, () => app.get(VendorReferenceRepository).forget(id));
    await vendors.control('connectwise', '/faults', { match: { path: '/finance/billingSetups' }, mode: 'status', status, count: 9 });
    try {
      await app.get(ConnectionSettings).test(admin, id);
      expect((await statuses())?.length).toBeGreaterThan(0);
    } finally {
      vendors.sandbox('connectwise').faults.clear();
    }
  });

  it('of a vendor that is down is a sentence, not a failure of ours', async () => {
    const id = await connectOAuth('quickbooks');
    await vendors.control('quickbooks', '/faults', { match: { path: '/v3/' }, mode: 'status', status: 503, count: 50 });
    try {
      const report = await app.get(ConnectionSettings).test(admin, id);
      expect(report.ok).toBe(false);
      expect(report.sentence).toContain('QuickBooks');
    } finally {
      vendors.sandbox('quickbooks').faults.clear();
    }
    expect(await row(id)).toMatchObject({ state: 'connected', health: { ok: false } });
  });
});

describe('disconnect', () => {
  it('takes the grant back, forgets the credentials and the route, and keeps the rest', async () => {
    const id = await connectOAuth('xero');
    const { credentials } = await app.get(SealedCredentials).read(admin.tenantId, id);
    const account = (await row(id)).externalAccountId;
    expect(await disconnection.end(admin, id)).toEqual({ revoked: true });
    expect(await row(id)).toMatchObject({ state: 'disconnected', sealedCredentials: null });
    expect((await app.get(ConnectionRouteRepository).ofAccount('xero', account)).map(({ tenantId }) => tenantId)).not.toContain(
      admin.tenantId,
    );
    await expect(app.get(SealedCredentials).read(admin.tenantId, id)).rejects.toMatchObject({ kind: 'grant_expired' });
    const organisation = await fetch(`${vendors.urls['xero']}/api.xro/2.0/Organisation`, {
      headers: { authorization: `Bearer ${credentials['accessToken']}`, 'xero-tenant-id': account },
    });
    expect(organisation.status).toBe(401);
    await tx.run(admin.tenantId, async () => expect(await app.get(ScheduleRepository).of(id)).toHaveLength(2));
    await expect(app.get(ConnectionSettings).test(admin, id)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await connectOAuth('xero')).toBe(id);
  });

  it('succeeds here when the vendor cannot be reached, and ends callbacks where it can', async () => {
    const source = await connectSource();
    expect(await disconnection.end(admin, source)).toEqual({ revoked: false });
    const callbacks = vendors.sandbox('connectwise').store.all<{ url: string }>('callback');
    expect(callbacks.filter(({ url }) => url.includes(source))).toEqual([]);
    const id = await connectOAuth('quickbooks');
    await vendors.control('quickbooks', '/faults', { match: { path: '/v2/oauth2/tokens/revoke' }, mode: 'status', status: 500, count: 5 });
    try {
      expect(await disconnection.end(admin, id)).toEqual({ revoked: false });
    } finally {
      vendors.sandbox('quickbooks').faults.clear();
    }
    expect(await row(id)).toMatchObject({ state: 'disconnected', sealedCredentials: null });
  });
});
