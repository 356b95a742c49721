import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import type { SpentSlice } from './pace-windows.js';

/** What a slice of the table stands for: a window of the vendor's limits, or an instant before which something must not happen. */
export type PaceSpan = 'second' | 'minute' | 'day' | 'batch-minute' | 'pause' | 'refresh-pause';

/**
 * What a connection has spent of its vendor's limits, which of its requests are on the wire, and until when it rests. Raw
 * SQL throughout: counters are added to where they lie (`spent + 1`), under a lock that is no row.
 */
@Injectable()
export class PaceRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly clock: Clock,
  ) {}

  /** Until the end of the transaction: who counts and who decides by the counters take turns. */
  async lock(connectionId: string): Promise<void> {
    await this.tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`pace ${connectionId}`]);
  }

  async slices(connectionId: string): Promise<SpentSlice[]> {
    return await this.tx.query<SpentSlice>('select span, slice, spent from pace where tenant_id = $1 and connection_id = $2', [
      this.tx.tenantId,
      connectionId,
    ]);
  }

  /** Of all connections of the tenant. */
  async allSlices(): Promise<(SpentSlice & { connectionId: string })[]> {
    const all = 'select connection_id as "connectionId", span, slice, spent from pace where tenant_id = $1';
    return await this.tx.query<SpentSlice & { connectionId: string }>(all, [this.tx.tenantId]);
  }

  /** Nothing of this kind before `until`. Without the lock: it must be seen by those who are waiting for that at this moment. */
  async restUntil(connectionId: string, span: 'pause' | 'refresh-pause', until: Date): Promise<void> {
    await this.tx.execute(
      'insert into pace (tenant_id, connection_id, span, slice, spent) values ($1, $2, $3, $4, 0) on conflict do nothing',
      [this.tx.tenantId, connectionId, span, until],
    );
  }

  /** The latest instant that was asked for and is still to come. */
  async restsUntil(connectionId: string, span: 'pause' | 'refresh-pause'): Promise<Date | undefined> {
    const [row] = await this.tx.query<{ until: Date | null }>(
      'select max(slice) as until from pace where tenant_id = $1 and connection_id = $2 and span = $3 and slice > $4',
      [this.tx.tenantId, connectionId, span, this.clock.now()],
    );
    return row?.until ?? undefined;
  }

  async spend(connectionId: string, span: PaceSpan, slice: Date): Promise<void> {
    await this.tx.execute(
      `insert into pace as p (tenant_id, connection_id, span, slice, spent) values ($1, $2, $3, $4, 1)
       on conflict (tenant_id, connection_id, span, slice) do update set spent = p.spent + 1`,
      [this.tx.tenantId, connectionId, span, slice],
    );
  }

  async giveBack(connectionId: string, span: PaceSpan, slice: Date): Promise<void> {
    await this.tx.execute(
      'update pace set spent = spent - 1 where tenant_id = $1 and connection_id = $2 and span = $3 and slice = $4 and spent > 0',
      [this.tx.tenantId, connectionId, span, slice],
    );
  }

  async forgetSlices(connectionId: string, span: PaceSpan, upTo: Date): Promise<void> {
    await this.tx.execute('delete from pace where tenant_id = $1 and connection_id = $2 and span = $3 and slice <= $4', [
      this.tx.tenantId,
      connectionId,
      span,
      upTo,
    ]);
  }

  /** Pauses that are over, and places of processes that died. */
  async forgetPast(connectionId: string): Promise<void> {
    const now = this.clock.now();
    await this.forgetSlices(connectionId, 'pause', now);
    await this.forgetSlices(connectionId, 'refresh-pause', now);
    await this.tx.execute('delete from request_in_flight where tenant_id = $1 and connection_id = $2 and until <= $3', [
      this.tx.tenantId,
      connectionId,
      now,
    ]);
  }

  async isWireFull(connectionId: string, places: number): Promise<boolean> {
    const [row] = await this.tx.query<{ full: boolean }>(
      'select count(*) >= $3 as full from request_in_flight where tenant_id = $1 and connection_id = $2 and until > $4',
      [this.tx.tenantId, connectionId, places, this.clock.now()],
    );
    return row?.full ?? false;
  }

  /** @returns the id by which the request leaves the wire again */
  async goOnTheWire(connectionId: string, until: Date): Promise<string> {
    const id = uuidv7();
    await this.tx.execute('insert into request_in_flight (tenant_id, connection_id, id, until) values ($1, $2, $3, $4)', [
      this.tx.tenantId,
      connectionId,
      id,
      until,
    ]);
    return id;
  }

  async leaveTheWire(connectionId: string, id: string): Promise<void> {
    await this.tx.execute('delete from request_in_flight where tenant_id = $1 and connection_id = $2 and id = $3', [
      this.tx.tenantId,
      connectionId,
      id,
    ]);
  }

  /** Of the app as a whole, over all tenants: spends one of its minute, or answers how long to wait. */
  async spendOfApp(connector: string, perMinute: number, now: Date): Promise<number> {
    const [app] = await this.tx.query<{ wait: number }>('select take_app_pace($1, $2, $3) as wait', [connector, perMinute, now]);
    return app?.wait ?? 0;
  }

  /** What the vendor says is left of today; a day is UTC's, as the vendor counts it. Nothing is written where nothing changes. */
  async budget(connectionId: string, remainingToday: number): Promise<void> {
    await this.tx.execute(
      `update connection set budget_left = $3, budget_day = ($4::timestamptz at time zone 'UTC')::date
       where tenant_id = $1 and id = $2 and (budget_left, budget_day) is distinct from ($3, ($4::timestamptz at time zone 'UTC')::date)`,
      [this.tx.tenantId, connectionId, remainingToday, this.clock.now()],
    );
  }
}
