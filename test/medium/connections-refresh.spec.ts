/** Goal: one refresher per grant over all processes; no pair is used before it is kept, and none is lost by a crash. */
import 'reflect-metadata';
import type { TestingModule } from '@nestjs/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Connect } from '../../src/connections/connect.js';
import { ConnectorRegistry } from '../../src/connections/connector-registry.js';
import { pressFirstButton } from '../../sandbox/kit/press-button.js';
import { SealedCredentials } from '../../src/connections/sealed-credentials.js';
import { Vendors } from '../../src/connections/vendors.js';
import { FixedClock } from '../../src/platform/clock/fixed-clock.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import type { CredentialLease, Credentials } from '../../src/ports/connector.js';
import type { Principal } from '../../src/database/audit/actor.js';
import { ConnectionEntity } from '../../src/connections/connection.entity.js';
import { AuditEventEntity } from '../../src/database/audit/audit-event.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTenant } from '../support/tenant.js';
import { anAdmin, openConnections, startVendors, type RunningVendors } from '../support/vendors.js';

const REFRESHES = 'POST /connect/token';
/** Other tests may have this machine's two cores. */
const PATIENCE = { timeout: 100_000 };
const ACCESS_TOKEN_MS = 1_800_000;

let database: TestDatabase;
let vendors: RunningVendors;
let clock: FixedClock;
/** Two processes on one database. */
let first: TestingModule;
let second: TestingModule;
let tx: TenantTransaction;
let admin: Principal;
let connectionId: string;

beforeAll(async () => {
  [database, vendors] = await Promise.all([createTestDatabase(), startVendors(['xero'])]);
  clock = new FixedClock(new Date());
  [first, second] = await Promise.all([openConnections(database, vendors, { clock }), openConnections(database, vendors, { clock })]);
  tx = first.get(TenantTransaction);
});

afterAll(async () => {
  await first.close();
  await second.close();
  await vendors.close();
  await database.drop();
});

beforeEach(async () => {
  vendors.sandbox('xero').faults.clear();
  vendors.sandbox('xero').clock.reset();
  clock.moveTo(new Date());
  admin = anAdmin(await createTenant(database.ownerUrl, 'MSP'));
  connectionId = await reconnect();
  vendors.requests('xero');
});

async function reconnect(): Promise<string> {
  const connect = first.get(Connect);
  const { location, sealed } = connect.begin(admin, 'xero');
  const outcome = await connect.complete(admin, 'xero', Object.fromEntries((await pressFirstButton(location)).searchParams), sealed);
  if (!('connectionId' in outcome)) throw new Error('One account was expected');
  return outcome.connectionId;
}

function leaseIn(process: TestingModule, signal = new AbortController().signal): CredentialLease {
  return process.get(SealedCredentials).lease(admin.tenantId, connectionId, process.get(ConnectorRegistry).get('xero'), signal);
}

const row = () => tx.run(admin.tenantId, () => tx.rows(ConnectionEntity).findOneByOrFail({ tenantId: admin.tenantId, id: connectionId }));
const refreshes = () => vendors.requests('xero').filter((request) => request === REFRESHES).length;
const refreshAtVendor = (held: Credentials) => {
  const { connect } = first.get(ConnectorRegistry).get('xero');
  if (connect.kind !== 'oauth') throw new Error('Xero is connected by OAuth');
  return { refreshed: () => connect.refresh(held), revoked: () => connect.revoke(held) };
};
const fault = (mode: string, more: object = {}) =>
  vendors.control('xero', '/faults', { match: { method: 'POST', path: '/connect/token' }, mode, ...more });

describe('twenty who find the same token stale', () => {
  it('in two processes cause one refresh and get the same pair', async () => {
    const stale = await leaseIn(first).current();
    const all = await Promise.all(Array.from({ length: 20 }, (_, index) => leaseIn(index % 2 === 0 ? first : second).renew(stale)));
    expect(refreshes()).toBe(1);
    expect(new Set(all.map((pair) => pair['refreshToken'])).size).toBe(1);
    expect(all[0]?.['refreshToken']).not.toBe(stale['refreshToken']);
    expect(await leaseIn(second).current()).toEqual(all[0]);
    expect((await row()).grantEpoch).toBe('2');
  });

  it('because it ran out while both processes work are not noticed by the work', async () => {
    vendors.sandbox('xero').clock.advance(ACCESS_TOKEN_MS + 1_000);
    const signal = new AbortController().signal;
    const checks = [first, second, first, second, first, second].map(async (process) => {
      const { ledger } = await process.get(Vendors).ledger(admin.tenantId, connectionId, signal);
      return await ledger.check();
    });
    expect(await Promise.all(checks)).toEqual(Array.from({ length: 6 }, () => expect.objectContaining({ ok: true }) as unknown));
    expect(refreshes()).toBe(1);
  });

  it('later on get the newer pair without asking anybody', async () => {
    const stale = await leaseIn(first).current();
    const fresh = await leaseIn(first).renew(stale);
    vendors.requests('xero');
    expect(await leaseIn(second).renew(stale)).toEqual(fresh);
    expect(vendors.requests('xero')).toEqual([]);
  });
});

describe('a token that is about to run out', () => {
  /** Xero's tokens live for half an hour; five minutes before that is the time. */
  const MARGIN_MS = 5 * 60_000;
  const pass = (milliseconds: number) => {
    clock.advance(milliseconds);
    vendors.sandbox('xero').clock.advance(milliseconds);
  };

  it('is renewed before anybody is refused, by one of all who need it', async () => {
    const stale = await leaseIn(first).current();
    expect(stale).toMatchObject({ renewAt: expect.any(String), expiresAt: expect.any(String) });
    pass(ACCESS_TOKEN_MS - MARGIN_MS - 1_000);
    expect(await leaseIn(second).current()).toEqual(stale);
    expect(refreshes()).toBe(0);
    pass(1_000);
    const all = await Promise.all(Array.from({ length: 10 }, (_, index) => leaseIn(index % 2 === 0 ? first : second).current()));
    expect(refreshes()).toBe(1);
    // Who came while it was renewed went on with the old one, which was good for five minutes more.
    for (const pair of all) expect([stale['accessToken'], (await leaseIn(first).current())['accessToken']]).toContain(pair['accessToken']);
    expect((await leaseIn(second).current())['accessToken']).not.toBe(stale['accessToken']);
    const { ledger } = await second.get(Vendors).ledger(admin.tenantId, connectionId, new AbortController().signal);
    vendors.requests('xero');
    expect(await ledger.check()).toMatchObject({ ok: true });
    expect(vendors.requests('xero').filter((request) => request.includes('/Organisation'))).toHaveLength(1);
  });

  it('stays in use while the vendor does not renew it, and the vendor is left alone for a while', async () => {
    const stale = await leaseIn(first).current();
    pass(ACCESS_TOKEN_MS - MARGIN_MS);
    await fault('status', { status: 503 });
    expect(await leaseIn(first).current()).toEqual(stale);
    expect(await leaseIn(second).current()).toEqual(stale);
    expect(refreshes()).toBe(1);
    pass(5 * 60_000 + 1_000);
    expect((await leaseIn(second).current())['accessToken']).not.toBe(stale['accessToken']);
  });

  it('and has run out during the cool-down is told as something that passes', async () => {
    const stale = await leaseIn(first).current();
    pass(ACCESS_TOKEN_MS + 1_000);
    await fault('status', { status: 503 });
    await expect(leaseIn(first).current()).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(leaseIn(second).renew(stale)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('asked again'),
    });
    expect(refreshes()).toBe(1);
    expect((await row()).state).toBe('connected');
  });
});

describe('a crash', () => {
  it('after the vendor has rotated and before we have kept the pair is healed with the old token', async () => {
    const stale = await leaseIn(first).current();
    const lost = await refreshAtVendor(stale).refreshed();
    const fresh = await leaseIn(second).renew(stale);
    expect(fresh['refreshToken']).not.toBe(lost['refreshToken']);
    expect(await leaseIn(first).current()).toEqual(fresh);
    await expect(leaseIn(first).renew(fresh)).resolves.toMatchObject({ refreshToken: expect.any(String) as string });
  });

  it('of the line after the vendor has rotated changes nothing here, and the next try succeeds', async () => {
    const stale = await leaseIn(first).current();
    await fault('drop-after-commit');
    await expect(leaseIn(first).renew(stale)).rejects.toMatchObject({ name: 'ConnectorError', kind: 'unavailable' });
    expect(await leaseIn(first).current()).toEqual(stale);
    expect(await row()).toMatchObject({ state: 'connected', grantEpoch: '1' });
    expect(await leaseIn(second).renew(stale)).not.toEqual(stale);
  });

  it('of the refresher is taken over when its lease has run out, not before', async () => {
    const stale = await leaseIn(first).current();
    await tx.run(admin.tenantId, () =>
      tx.execute('insert into lease (tenant_id, name, holder, until) values ($1, $2, $3, $4)', [
        admin.tenantId,
        `refresh:${connectionId}`,
        uuidv7(),
        clock.later(30_000),
      ]),
    );
    let isDone = false;
    const renewed = leaseIn(second)
      .renew(stale)
      .finally(() => (isDone = true));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect([isDone, refreshes()]).toEqual([false, 0]);
    clock.advance(30_001);
    expect(await renewed).not.toEqual(stale);
    expect(refreshes()).toBe(1);
  });

  it('or a stop of the process ends the waiting', async () => {
    const stale = await leaseIn(first).current();
    await tx.run(admin.tenantId, () =>
      tx.execute('insert into lease (tenant_id, name, holder, until) values ($1, $2, $3, $4)', [
        admin.tenantId,
        `refresh:${connectionId}`,
        uuidv7(),
        clock.later(30_000),
      ]),
    );
    const stopping = new AbortController();
    const renewed = leaseIn(first, stopping.signal).renew(stale);
    stopping.abort(new Error('The process is stopping'));
    await expect(renewed).rejects.toThrow();
    expect(refreshes()).toBe(0);
  });
});

describe('a grant that has ended', () => {
  it('marks the connection, says Reconnect, and is told once in the audit log', async () => {
    const stale = await leaseIn(first).current();
    await refreshAtVendor(stale).revoked();
    await expect(leaseIn(first).renew(stale)).rejects.toMatchObject({ kind: 'grant_expired' });
    expect((await row()).state).toBe('needs_reconnect');
    await expect(leaseIn(second).current()).rejects.toMatchObject({ kind: 'grant_expired' });
    const events = await tx.run(admin.tenantId, () => tx.rows(AuditEventEntity).findBy({ action: 'connection.grant_expired' }));
    expect(events).toHaveLength(1);
    expect(await reconnect()).toBe(connectionId);
    expect((await row()).state).toBe('connected');
  });

  it('is no news when somebody has reconnected meanwhile', async () => {
    const stale = await leaseIn(first).current();
    await refreshAtVendor(stale).revoked();
    await fault('hold');
    const renewed = leaseIn(second).renew(stale);
    await expect.poll(() => vendors.sandbox('xero').faults.list(), PATIENCE).toEqual([]);
    await reconnect();
    vendors.sandbox('xero').faults.release();
    const pair = await renewed;
    expect(pair).toEqual(await leaseIn(first).current());
    expect(await row()).toMatchObject({ state: 'connected', grantEpoch: '2' });
  });

  it('that was given anew while a refresh of the old one succeeded keeps the new one', async () => {
    const stale = await leaseIn(first).current();
    await fault('hold');
    const renewed = leaseIn(second).renew(stale);
    await expect.poll(() => vendors.sandbox('xero').faults.list(), PATIENCE).toEqual([]);
    await reconnect();
    const afterReconnect = await leaseIn(first).current();
    vendors.sandbox('xero').faults.release();
    expect(await renewed).toEqual(afterReconnect);
    expect(await leaseIn(first).current()).toEqual(afterReconnect);
  });
});
