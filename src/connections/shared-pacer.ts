import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../platform/clock/clock.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import type { Metrics } from '../platform/telemetry/metrics.js';
import type { PaceLimits, Pacer } from '../ports/connector.js';
import type { TenantTransaction } from '../database/tenant-transaction.js';
import type { InFlight } from './in-flight.js';
import { sliceAt, type SpentSlice, waitFor, windowsOf, type PaceWindow } from './pace-windows.js';

/** One tenant's connection as the pacer needs it. */
export interface PacedConnection {
  tenantId: string;
  connectionId: string;
  connector: string;
  limits: PaceLimits;
}

/** Longer than any request may take: after that its process is dead and its place free. */
const ON_THE_WIRE_MS = 150_000;
const BUSY_MS = 50;
const LOOK_AT_CLOCK_MS = 200;

/** `busy`: all places on the wire are taken, by this process or another. */
type Spending = OnTheWire | { waitMs: number } | 'busy';

interface OnTheWire {
  inFlightId: string;
  since: Date;
}

/**
 * Spends the vendor's limits from counters in Postgres, so that all processes together stay within them: rolling windows
 * per connection, one per app, and the requests on the wire.
 */
export class SharedPacer implements Pacer {
  constructor(
    private readonly connection: PacedConnection,
    private readonly inFlight: InFlight,
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
    private readonly metrics?: Metrics,
  ) {}

  async take(kind: 'call' | 'batch' = 'call'): Promise<{ done(): void }> {
    const began = performance.now();
    const turn = await this.turn(kind);
    this.metrics?.vendorWaitSeconds.inc({ connector: this.connection.connector }, (performance.now() - began) / 1_000);
    return turn;
  }

  private async turn(kind: 'call' | 'batch'): Promise<{ done(): void }> {
    await this.inFlight.enter();
    try {
      for (;;) {
        this.signal.throwIfAborted();
        const spending = await this.spend(kind);
        if (spending === 'busy') await sleep(BUSY_MS, undefined, { signal: this.signal });
        else if ('waitMs' in spending) await this.waitUntil(this.clock.later(spending.waitMs));
        else return this.place(spending);
      }
    } catch (error) {
      this.inFlight.leave();
      throw error;
    }
  }

  async pause(milliseconds: number): Promise<void> {
    const { tenantId, connectionId, connector } = this.connection;
    this.metrics?.vendorPauses.inc({ connector });
    await this.tx.run(tenantId, () =>
      this.tx.execute(
        `insert into pace (tenant_id, connection_id, span, slice, spent) values ($1, $2, 'pause', $3, 0) on conflict do nothing`,
        [tenantId, connectionId, this.clock.later(milliseconds)],
      ),
    );
  }

  async budget(remainingToday: number): Promise<void> {
    const { tenantId, connectionId } = this.connection;
    await this.tx.run(tenantId, () =>
      this.tx.execute(
        `update connection set budget_left = $3, budget_day = ($4::timestamptz at time zone 'UTC')::date
         where tenant_id = $1 and id = $2 and (budget_left, budget_day) is distinct from ($3, ($4::timestamptz at time zone 'UTC')::date)`,
        [tenantId, connectionId, remainingToday, this.clock.now()],
      ),
    );
  }

  /** By our clock, not the timer's: a test moves the one and not the other. */
  private async waitUntil(instant: Date): Promise<void> {
    for (;;) {
      const left = instant.getTime() - this.clock.now().getTime();
      if (left <= 0) return;
      await sleep(Math.min(left, LOOK_AT_CLOCK_MS), undefined, { signal: this.signal });
    }
  }

  private place(request: OnTheWire): { done(): void } {
    let isDone = false;
    const done = (): void => {
      if (isDone) return;
      isDone = true;
      this.release(request).then(
        () => this.inFlight.leave(),
        // The row ends by itself; the place in this process must not be lost with it.
        () => this.inFlight.leave(),
      );
    };
    return { done };
  }

  private async release({ inFlightId, since }: OnTheWire): Promise<void> {
    const { tenantId, connectionId } = this.connection;
    await this.tx.run(tenantId, async () => {
      await this.tx.execute('delete from request_in_flight where tenant_id = $1 and connection_id = $2 and id = $3', [
        tenantId,
        connectionId,
        inFlightId,
      ]);
      await this.countFromNow(since);
    });
  }

  /**
   * The vendor may have seen a request at any moment until its answer. Over a second that makes a difference, on a busy
   * machine even a large one, so there it counts from its end.
   */
  private async countFromNow(since: Date): Promise<void> {
    const { tenantId, connectionId, limits } = this.connection;
    const window = windowsOf(limits, 'call').find(({ span }) => span === 'second');
    const now = this.clock.now();
    if (!window || sliceAt(window, since).getTime() === sliceAt(window, now).getTime()) return;
    await this.tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`pace ${connectionId}`]);
    await this.tx.execute(
      'update pace set spent = spent - 1 where tenant_id = $1 and connection_id = $2 and span = $3 and slice = $4 and spent > 0',
      [tenantId, connectionId, window.span, sliceAt(window, since)],
    );
    await this.count(window, [], now);
  }

  /** All or nothing: what has to wait has spent nothing. */
  private async spend(kind: 'call' | 'batch'): Promise<Spending> {
    const { tenantId, connectionId, connector, limits } = this.connection;
    return await this.tx.run(tenantId, async () => {
      await this.tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`pace ${connectionId}`]);
      const now = this.clock.now();
      const slices = await this.tx.query<SpentSlice>('select span, slice, spent from pace where tenant_id = $1 and connection_id = $2', [
        tenantId,
        connectionId,
      ]);
      const windows = windowsOf(limits, kind);
      const waitMs = Math.max(pauseLeft(slices, now), ...windows.map((window) => waitFor(window, slices, now)));
      if (waitMs > 0) return { waitMs };
      if (await this.isWireFull(now)) return 'busy';
      if (limits.appPerMinute) {
        const taken = [connector, limits.appPerMinute, now];
        const [app] = await this.tx.query<{ wait: number }>('select take_app_pace($1, $2, $3) as wait', taken);
        if (app && app.wait > 0) return { waitMs: app.wait };
      }
      for (const window of windows) await this.count(window, slices, now);
      return { inFlightId: await this.goOnTheWire(now), since: now };
    });
  }

  private async isWireFull(now: Date): Promise<boolean> {
    const { tenantId, connectionId, limits } = this.connection;
    const [row] = await this.tx.query<{ full: boolean }>(
      'select count(*) >= $3 as full from request_in_flight where tenant_id = $1 and connection_id = $2 and until > $4',
      [tenantId, connectionId, limits.inFlight, now],
    );
    return row?.full ?? false;
  }

  private async goOnTheWire(now: Date): Promise<string> {
    const { tenantId, connectionId } = this.connection;
    const id = uuidv7();
    await this.tx.execute('insert into request_in_flight (tenant_id, connection_id, id, until) values ($1, $2, $3, $4)', [
      tenantId,
      connectionId,
      id,
      new Date(now.getTime() + ON_THE_WIRE_MS),
    ]);
    return id;
  }

  private async count(window: PaceWindow, slices: readonly SpentSlice[], now: Date): Promise<void> {
    const { tenantId, connectionId } = this.connection;
    const slice = sliceAt(window, now);
    await this.tx.execute(
      `insert into pace as p (tenant_id, connection_id, span, slice, spent) values ($1, $2, $3, $4, 1)
       on conflict (tenant_id, connection_id, span, slice) do update set spent = p.spent + 1`,
      [tenantId, connectionId, window.span, slice],
    );
    if (slices.some((old) => old.span === window.span && old.slice.getTime() === slice.getTime())) return;
    // A new slice has begun: those that count no more go, and so do places of processes that died.
    await this.tx.execute('delete from pace where tenant_id = $1 and connection_id = $2 and span = $3 and slice <= $4', [
      tenantId,
      connectionId,
      window.span,
      new Date(now.getTime() - window.keptMs),
    ]);
    if (window.span !== 'minute') return;
    await this.tx.execute(`delete from pace where tenant_id = $1 and connection_id = $2 and span = 'pause' and slice <= $3`, [
      tenantId,
      connectionId,
      now,
    ]);
    await this.tx.execute('delete from request_in_flight where tenant_id = $1 and connection_id = $2 and until <= $3', [
      tenantId,
      connectionId,
      now,
    ]);
  }
}

function pauseLeft(slices: readonly SpentSlice[], now: Date): number {
  return Math.max(0, ...slices.filter(({ span }) => span === 'pause').map(({ slice }) => slice.getTime() - now.getTime()));
}
