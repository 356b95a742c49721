import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../platform/clock/clock.js';
import type { PaceLimits, Pacer } from '../ports/connector.js';
import type { TenantTransaction } from '../storage/tenant-transaction.js';

interface Window {
  span: 'second' | 'minute' | 'day' | 'batch-minute';
  lengthMs: number;
  limit: number;
}

/** One tenant's connection as the pacer needs it. */
export interface PacedConnection {
  tenantId: string;
  connectionId: string;
  connector: string;
  limits: PaceLimits;
}

/** Places for requests on the wire, shared by everything in this process that talks to one connection. */
export class InFlight {
  private taken = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly places: number) {}

  async enter(): Promise<void> {
    if (this.taken >= this.places) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.taken += 1;
  }

  /** Hands the place to the one who waits longest, or frees it. */
  leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.taken -= 1;
  }
}

/**
 * Spends the vendor's limits from counters in Postgres, so that all processes together stay within them: fixed windows
 * per connection, one per app, and a semaphore for requests in flight (per process; one process works on a connection
 * at a time by lease).
 */
export class SharedPacer implements Pacer {
  constructor(
    private readonly connection: PacedConnection,
    private readonly inFlight: InFlight,
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  async take(kind: 'call' | 'batch' = 'call'): Promise<{ done(): void }> {
    await this.inFlight.enter();
    try {
      for (;;) {
        this.signal.throwIfAborted();
        const waitMs = await this.spend(kind);
        if (waitMs === 0) return { done: () => this.inFlight.leave() };
        await sleep(waitMs, undefined, { signal: this.signal });
      }
    } catch (error) {
      this.inFlight.leave();
      throw error;
    }
  }

  async pause(milliseconds: number): Promise<void> {
    const now = this.clock.now();
    await this.tx.run(this.connection.tenantId, () =>
      this.tx.execute(
        `insert into pace (tenant_id, connection_id, span, window_start, spent) values ($1, $2, 'pause', $3, 0)
         on conflict (tenant_id, connection_id, span) do update set window_start = greatest(pace.window_start, excluded.window_start)`,
        [this.connection.tenantId, this.connection.connectionId, new Date(now.getTime() + milliseconds)],
      ),
    );
  }

  async budget(remainingToday: number): Promise<void> {
    await this.tx.run(this.connection.tenantId, () =>
      this.tx.execute(
        `update connection set budget_left = $3, budget_day = ($4::timestamptz at time zone 'UTC')::date
         where tenant_id = $1 and id = $2 and (budget_left is distinct from $3)`,
        [this.connection.tenantId, this.connection.connectionId, remainingToday, this.clock.now()],
      ),
    );
  }

  /** 0: spent. Otherwise how long to wait; then nothing was spent. */
  private async spend(kind: 'call' | 'batch'): Promise<number> {
    const { tenantId, connectionId, connector, limits } = this.connection;
    const now = this.clock.now();
    return await this.tx.run(tenantId, async () => {
      const rows = await this.tx.query<{ span: string; windowStart: Date; spent: number }>(
        `select span, window_start as "windowStart", spent from pace where tenant_id = $1 and connection_id = $2 for update`,
        [tenantId, connectionId],
      );
      const paused = rows.find((row) => row.span === 'pause');
      if (paused && paused.windowStart > now) return paused.windowStart.getTime() - now.getTime();
      const windows = windowsOf(limits, kind);
      for (const window of windows) {
        const start = windowStart(now, window.lengthMs);
        const row = rows.find(({ span, windowStart: at }) => span === window.span && at.getTime() === start);
        if (row && row.spent >= window.limit) return start + window.lengthMs - now.getTime();
      }
      if (limits.appPerMinute) {
        const [app] = await this.tx.query<{ wait: number }>('select take_app_pace($1, $2, $3) as wait', [
          connector,
          limits.appPerMinute,
          now,
        ]);
        if (app && app.wait > 0) return app.wait;
      }
      for (const window of windows) await this.count(window, now);
      return 0;
    });
  }

  private async count(window: Window, now: Date): Promise<void> {
    await this.tx.execute(
      `insert into pace as p (tenant_id, connection_id, span, window_start, spent) values ($1, $2, $3, $4, 1)
       on conflict (tenant_id, connection_id, span) do update
         set window_start = excluded.window_start, spent = case when p.window_start = excluded.window_start then p.spent + 1 else 1 end`,
      [this.connection.tenantId, this.connection.connectionId, window.span, new Date(windowStart(now, window.lengthMs))],
    );
  }
}

function windowStart(now: Date, lengthMs: number): number {
  return Math.floor(now.getTime() / lengthMs) * lengthMs;
}

function windowsOf(limits: PaceLimits, kind: 'call' | 'batch'): Window[] {
  const windows: Window[] = [{ span: 'minute', lengthMs: 60_000, limit: limits.perMinute }];
  if (limits.perSecond) windows.push({ span: 'second', lengthMs: 1_000, limit: limits.perSecond });
  if (limits.perDay) windows.push({ span: 'day', lengthMs: 86_400_000, limit: limits.perDay });
  if (kind === 'batch' && limits.batchesPerMinute) windows.push({ span: 'batch-minute', lengthMs: 60_000, limit: limits.batchesPerMinute });
  return windows;
}
