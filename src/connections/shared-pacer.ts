import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../platform/clock/clock.js';
import type { Metrics } from '../platform/telemetry/metrics.js';
import type { PaceLimits, Pacer } from '../ports/connector.js';
import type { TenantTransaction } from '../database/tenant-transaction.js';
import type { InFlight } from './in-flight.js';
import { PaceRepository } from './pace.repository.js';
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
  private readonly pace: PaceRepository;

  constructor(
    private readonly connection: PacedConnection,
    private readonly inFlight: InFlight,
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
    private readonly metrics?: Metrics,
  ) {
    this.pace = new PaceRepository(tx, clock);
  }

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
        else if (this.inFlight.pauseLeft(this.clock.now()) === 0) return this.place(spending);
        // The vendor asked for a pause while this request got its turn: what is spent stays spent, and it queues again.
        else await this.release(spending);
      }
    } catch (error) {
      this.inFlight.leave();
      throw error;
    }
  }

  /** At once for everything that waits in this process, and as soon as it is written for all others. */
  async pause(milliseconds: number): Promise<void> {
    const { tenantId, connectionId, connector } = this.connection;
    const until = this.clock.later(milliseconds);
    this.inFlight.pauseUntil(until);
    this.metrics?.vendorPauses.inc({ connector });
    await this.tx.run(tenantId, () => this.pace.restUntil(connectionId, 'pause', until));
  }

  async budget(remainingToday: number): Promise<void> {
    const { tenantId, connectionId } = this.connection;
    await this.tx.run(tenantId, () => this.pace.budget(connectionId, remainingToday));
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
      await this.pace.leaveTheWire(connectionId, inFlightId);
      await this.countFromNow(since);
    });
  }

  /**
   * The vendor may have seen a request at any moment until its answer. Over a second that makes a difference, on a busy
   * machine even a large one, so there it counts from its end.
   */
  private async countFromNow(since: Date): Promise<void> {
    const { connectionId, limits } = this.connection;
    const window = windowsOf(limits, 'call').find(({ span }) => span === 'second');
    const now = this.clock.now();
    if (!window || sliceAt(window, since).getTime() === sliceAt(window, now).getTime()) return;
    await this.pace.lock(connectionId);
    await this.pace.giveBack(connectionId, window.span, sliceAt(window, since));
    await this.count(window, [], now);
  }

  /** All or nothing: what has to wait has spent nothing. */
  private async spend(kind: 'call' | 'batch'): Promise<Spending> {
    const { tenantId, connectionId, connector, limits } = this.connection;
    return await this.tx.run(tenantId, async () => {
      await this.pace.lock(connectionId);
      const now = this.clock.now();
      const slices = await this.pace.slices(connectionId);
      const windows = windowsOf(limits, kind);
      const pauseMs = Math.max(pauseLeft(slices, now), this.inFlight.pauseLeft(now));
      const waitMs = Math.max(pauseMs, ...windows.map((window) => waitFor(window, slices, now)));
      if (waitMs > 0) return { waitMs };
      if (await this.pace.isWireFull(connectionId, limits.inFlight)) return 'busy';
      if (limits.appPerMinute) {
        const waitOfApp = await this.pace.spendOfApp(connector, limits.appPerMinute, now);
        if (waitOfApp > 0) return { waitMs: waitOfApp };
      }
      for (const window of windows) await this.count(window, slices, now);
      return { inFlightId: await this.pace.goOnTheWire(connectionId, new Date(now.getTime() + ON_THE_WIRE_MS)), since: now };
    });
  }

  private async count(window: PaceWindow, slices: readonly SpentSlice[], now: Date): Promise<void> {
    const { connectionId } = this.connection;
    const slice = sliceAt(window, now);
    await this.pace.spend(connectionId, window.span, slice);
    if (slices.some((old) => old.span === window.span && old.slice.getTime() === slice.getTime())) return;
    // A new slice has begun: those that count no more go.
    await this.pace.forgetSlices(connectionId, window.span, new Date(now.getTime() - window.keptMs));
    if (window.span === 'minute') await this.pace.forgetPast(connectionId);
  }
}

function pauseLeft(slices: readonly SpentSlice[], now: Date): number {
  return Math.max(0, ...slices.filter(({ span }) => span === 'pause').map(({ slice }) => slice.getTime() - now.getTime()));
}
