/** Goal: all processes together stay within a vendor's limits, in any window the vendor may choose. Time is the injected clock's. */
import 'reflect-metadata';
import type { TestingModule } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InFlight } from '../../src/connections/in-flight.js';
import { SharedPacer } from '../../src/connections/shared-pacer.js';
import { FixedClock } from '../../src/platform/clock/fixed-clock.js';
import { uuidv7 } from '../../src/platform/ids/uuidv7.js';
import type { PaceLimits } from '../../src/ports/connector.js';
import { ConnectionEntity } from '../../src/connections/connection.entity.js';
import { TenantTransaction } from '../../src/database/tenant-transaction.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createTenant } from '../support/tenant.js';
import { openConnections } from '../support/vendors.js';

const START = new Date('2026-11-20T10:00:30.000Z');
/** How long real time may go on before we believe that nothing more is let through. */
const SETTLED_MS = 300;

let database: TestDatabase;
let processes: TestingModule[];
let clock: FixedClock;
let stopping: AbortController;
let tenantId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  clock = new FixedClock(START);
  const nobody = { environment: {} };
  processes = await Promise.all([openConnections(database, nobody, { clock }), openConnections(database, nobody, { clock })]);
});

afterAll(async () => {
  for (const process of processes) await process.close();
  await database.drop();
});

beforeEach(async () => {
  stopping = new AbortController();
  clock.moveTo(START);
  tenantId = await createTenant(database.ownerUrl, 'MSP');
});
afterEach(() => stopping.abort());

async function aConnection(tenant = tenantId): Promise<string> {
  const tx = txOf(0);
  const id = uuidv7();
  await tx.run(tenant, () =>
    tx.rows(ConnectionEntity).insert({
      tenantId: tenant,
      id,
      connector: 'paced',
      externalAccountId: id,
      label: 'Paced',
      state: 'disconnected',
      createdAt: START,
      updatedAt: START,
    }),
  );
  return id;
}

function txOf(process: number): TenantTransaction {
  const module = processes[process];
  if (!module) throw new Error('There are two processes');
  return module.get(TenantTransaction);
}

function pacer(process: number, connectionId: string, limits: PaceLimits, { tenant = tenantId, connector = 'paced' } = {}): SharedPacer {
  const paced = { tenantId: tenant, connectionId, connector, limits };
  return new SharedPacer(paced, new InFlight(limits.inFlight), txOf(process), clock, stopping.signal);
}

/** Asks `each` times with both processes at once and writes down at which instant of the clock each was let through. */
function race(pacers: readonly SharedPacer[], each: number, kind: 'call' | 'batch' = 'call') {
  const passed: number[] = [];
  const all = pacers.flatMap((one) =>
    Array.from({ length: each }, async () => {
      const place = await one.take(kind);
      passed.push(clock.now().getTime());
      place.done();
    }),
  );
  const ended = Promise.allSettled(all);
  return { passed, ended };
}

/** Exactly so many are let through at this instant, and no more come after. */
async function reaches(run: ReturnType<typeof race>, count: number): Promise<void> {
  await expect.poll(() => run.passed.length, { timeout: 100_000 }).toBeGreaterThanOrEqual(count);
  await settle();
  expect(run.passed).toHaveLength(count);
}

const settle = () => new Promise((resolve) => setTimeout(resolve, SETTLED_MS));

async function holdingPause(connectionId: string, milliseconds: number): Promise<{ giveUp(): Promise<void> }> {
  const tx = txOf(1);
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  let begun = (): void => undefined;
  const isHeld = new Promise<void>((resolve) => (begun = resolve));
  const held = tx.run(tenantId, async () => {
    await tx.execute(`insert into pace (tenant_id, connection_id, span, slice, spent) values ($1, $2, 'pause', $3, 0)`, [
      tenantId,
      connectionId,
      clock.later(milliseconds),
    ]);
    begun();
    await ended;
    throw new Error('given up');
  });
  held.catch(() => undefined);
  await isHeld;
  return {
    giveUp: async () => {
      end();
      await held.catch(() => undefined);
    },
  };
}

/** The most in any window of this length, wherever it begins. */
function most(instants: readonly number[], windowMs: number): number {
  return Math.max(0, ...instants.map((from) => instants.filter((at) => at >= from && at < from + windowMs).length));
}

describe('two processes', () => {
  it('let no more through in a minute than the vendor allows, though they begin in the middle of one', async () => {
    const connection = await aConnection();
    const limits = { perMinute: 7, inFlight: 50 };
    const run = race([pacer(0, connection, limits), pacer(1, connection, limits)], 10);
    await reaches(run, 7);
    for (let second = 0; second < 75; second += 5) {
      clock.advance(5_000);
      await new Promise((resolve) => setTimeout(resolve, 230));
    }
    await reaches(run, 14);
    expect(most(run.passed, 60_000)).toBe(7);
  });

  it('begin with an empty table and still spend each request once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const connection = await aConnection();
      const limits = { perMinute: 1, inFlight: 5 };
      const run = race([pacer(0, connection, limits), pacer(1, connection, limits)], 2);
      await reaches(run, 1);
    }
  });

  it('keep to the second and to batches as well', async () => {
    const connection = await aConnection();
    const limits = { perSecond: 3, perMinute: 100, batchesPerMinute: 2, inFlight: 50 };
    const pacers = [pacer(0, connection, limits), pacer(1, connection, limits)];
    const batches = race(pacers, 3, 'batch');
    await reaches(batches, 2);
    const calls = race(pacers, 4);
    await reaches(calls, 1);
    clock.advance(1_200);
    await reaches(calls, 4);
    clock.advance(1_200);
    await settle();
    expect(most([...calls.passed, ...batches.passed], 1_000)).toBe(3);
    expect(batches.passed).toHaveLength(2);
    clock.advance(63_000);
    await reaches(batches, 4);
  });

  it('spend the day', async () => {
    const connection = await aConnection();
    const limits = { perMinute: 100, perDay: 3, inFlight: 50 };
    const run = race([pacer(0, connection, limits), pacer(1, connection, limits)], 2);
    await reaches(run, 3);
    clock.advance(24 * 3_600_000);
    await reaches(run, 3);
    clock.advance(2 * 3_600_000);
    await reaches(run, 4);
  });

  it('have no more on the wire than the vendor bears, and a place that died is free again', async () => {
    const connection = await aConnection();
    const limits = { perMinute: 100, inFlight: 2 };
    const [one, other] = [pacer(0, connection, limits), pacer(1, connection, limits)];
    const held = [await one.take(), await other.take()];
    const third = other.take();
    let isThrough = false;
    void third.then(
      () => (isThrough = true),
      () => undefined,
    );
    await settle();
    expect(isThrough).toBe(false);
    held[0]?.done();
    held[0]?.done();
    await third;
    const fourth = one.take();
    clock.advance(150_001);
    await expect(fourth).resolves.toBeDefined();
  });

  it('share the limit of the app over tenants', async () => {
    const elsewhere = await createTenant(database.ownerUrl, 'Other');
    const limits = { perMinute: 100, inFlight: 50, appPerMinute: 5 };
    const connector = `app-${uuidv7()}`;
    const run = race(
      [
        pacer(0, await aConnection(), limits, { connector }),
        pacer(1, await aConnection(elsewhere), limits, { tenant: elsewhere, connector }),
      ],
      5,
    );
    await reaches(run, 5);
    clock.advance(59_000);
    await reaches(run, 5);
    clock.advance(5_000);
    await reaches(run, 10);
  });

  it('both honour a pause the vendor asked one of them for, the longest of several', async () => {
    const connection = await aConnection();
    const limits = { perMinute: 100, inFlight: 50 };
    const [one, other] = [pacer(0, connection, limits), pacer(1, connection, limits)];
    await one.pause(40_000);
    await other.pause(5_000);
    const run = race([one, other], 2);
    await settle();
    clock.advance(39_000);
    await settle();
    expect(run.passed).toEqual([]);
    clock.advance(1_000);
    await run.ended;
    expect(run.passed).toHaveLength(4);
  });
});

describe('a pause that the vendor asks for', () => {
  it('holds what already waits here before it is written, and what waits in the other process', async () => {
    const connection = await aConnection();
    const limits = { perMinute: 100, inFlight: 2 };
    const shared = new InFlight(limits.inFlight);
    const paced = { tenantId, connectionId: connection, connector: 'paced', limits };
    const here = new SharedPacer(paced, shared, txOf(0), clock, stopping.signal);
    const sameProcess = new SharedPacer(paced, shared, txOf(0), clock, stopping.signal);
    const held = [await here.take(), await here.take()];
    const queued = race([sameProcess], 3);
    await settle();
    // The same row, not yet committed by somebody else: writing the pause has to wait as it may on a busy database.
    const writing = await holdingPause(connection, 40_000);
    const isWritten = here.pause(40_000);
    for (const place of held) place.done();
    await settle();
    expect(queued.passed).toEqual([]);
    await writing.giveUp();
    await isWritten;
    const elsewhere = race([pacer(1, connection, limits)], 3);
    await settle();
    expect([queued.passed, elsewhere.passed]).toEqual([[], []]);
    clock.advance(40_000);
    await Promise.all([queued.ended, elsewhere.ended]);
    expect([queued.passed.length, elsewhere.passed.length]).toEqual([3, 3]);
  });

  it('holds a request that got its turn in the same moment', async () => {
    const connection = await aConnection();
    const limits = { perMinute: 100, inFlight: 5 };
    const one = pacer(0, connection, limits);
    const queued = race([one], 4);
    // Nothing of it has been let through yet: each still waits for the database.
    const writing = await holdingPause(connection, 40_000);
    const isWritten = one.pause(40_000);
    await settle();
    expect(queued.passed).toEqual([]);
    await writing.giveUp();
    await isWritten;
    clock.advance(40_000);
    await queued.ended;
    expect(queued.passed).toHaveLength(4);
  });
});

describe('a stop of the process', () => {
  it('ends the waiting and spends nothing', async () => {
    const connection = await aConnection();
    const limits = { perMinute: 1, inFlight: 1 };
    const one = pacer(0, connection, limits);
    (await one.take()).done();
    const waiting = one.take();
    setTimeout(() => stopping.abort(new Error('The process is stopping')), 100);
    await expect(waiting).rejects.toThrow();
    const tx = txOf(0);
    const [spent] = await tx.run(tenantId, () =>
      tx.query<{ spent: number }>(`select sum(spent)::int as spent from pace where connection_id = $1 and span = 'minute'`, [connection]),
    );
    expect(spent?.spent).toBe(1);
  });
});

describe('the budget of the day', () => {
  it('is kept with its day, as the vendor told it', async () => {
    const connection = await aConnection();
    const one = pacer(0, connection, { perMinute: 10, inFlight: 1 });
    await one.budget(812);
    const tx = txOf(0);
    const row = await tx.run(tenantId, () => tx.rows(ConnectionEntity).findOneByOrFail({ tenantId, id: connection }));
    expect(row).toMatchObject({ budgetLeft: 812, budgetDay: '2026-11-20' });
  });
});
