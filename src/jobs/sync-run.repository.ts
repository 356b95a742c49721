import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { uuidv7 } from '../platform/ids/uuidv7.js';
import { JobQueue } from './job-queue.js';
import type { QueueName } from '../database/queues.js';
import { SyncCursorEntity, SyncRunEntity } from './sync-run.entity.js';
import { TenantTransaction } from '../database/tenant-transaction.js';

const QUEUE_OF: Record<SyncRunEntity['kind'], QueueName> = { pull: 'intake.pull', sweep: 'intake.sweep', settle: 'settlement.read' };

/** After this a run that is asked for in the middle of another is tried again. */
const LOOK_AGAIN_MS = 30_000;

export interface RunProgress {
  expected?: number;
  fetched?: number;
  changed?: number;
  setAside?: number;
}

/** Sync runs are records: what was asked, how far it came, how it ended. */
@Injectable()
export class SyncRunRepository {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks for a run; where one of this kind is already waiting or running, that one is the answer. One that is running may have
   * passed what this is asked for, such as a payment that is entered while payments are read: it is looked at again soon.
   */
  async request(connectionId: string, kind: SyncRunEntity['kind'], requestedBy: string): Promise<SyncRunEntity> {
    const id = uuidv7();
    const made = await this.tx.execute(
      `insert into sync_run (tenant_id, id, connection_id, kind, state, requested_by, queued_at) values ($1, $2, $3, $4, 'queued', $5,
        $6) on conflict do nothing`,
      [this.tx.tenantId, id, connectionId, kind, requestedBy, this.clock.now()],
    );
    if (made === 1) await this.jobs.enqueue(QUEUE_OF[kind], id);
    const run = await this.tx.rows(SyncRunEntity).findOneOrFail({
      where: made === 1 ? { tenantId: this.tx.tenantId, id } : { tenantId: this.tx.tenantId, connectionId, kind },
      order: { queuedAt: 'DESC' },
    });
    if (run.state !== 'queued') await this.lookAgainSoon(connectionId, kind);
    return run;
  }

  private async lookAgainSoon(connectionId: string, kind: SyncRunEntity['kind']): Promise<void> {
    await this.tx.execute(
      'update schedule set next_due_at = least(next_due_at, $4) where tenant_id = $1 and connection_id = $2 and kind = $3',
      [this.tx.tenantId, connectionId, kind, this.clock.later(LOOK_AGAIN_MS)],
    );
  }

  /**
   * Hands runs whose process died to another: nobody holds the lease of one that is running, or its last sign of life is
   * older than any lease. Handlers take them up where they stopped.
   */
  async revive(connectionId: string, silentSince: Date): Promise<void> {
    const stale = await this.tx.query<{ id: string; kind: SyncRunEntity['kind'] }>(
      `update sync_run r set heartbeat_at = $4 where r.tenant_id = $1 and r.connection_id = $2 and r.state in ('queued', 'running')
         and (coalesce(r.heartbeat_at, r.queued_at) < $3 or (r.state = 'running' and r.kind <> 'sweep' and not exists (
           select from lease l where l.tenant_id = r.tenant_id and l.name = r.kind || ':' || r.connection_id and l.until > $4)))
       returning id, kind`,
      [this.tx.tenantId, connectionId, silentSince, this.clock.now()],
    );
    for (const run of stale) await this.jobs.enqueue(QUEUE_OF[run.kind], run.id);
  }

  async find(id: string): Promise<SyncRunEntity | null> {
    return await this.tx.rows(SyncRunEntity).findOneBy({ tenantId: this.tx.tenantId, id });
  }

  async latest(connectionId: string, limit: number): Promise<SyncRunEntity[]> {
    return await this.tx
      .rows(SyncRunEntity)
      .find({ where: { tenantId: this.tx.tenantId, connectionId }, order: { queuedAt: 'DESC' }, take: limit });
  }

  /** False when the run was cancelled or has ended: nothing is to be done. Also how a run whose process died is taken up again. */
  async begin(id: string, cursor: string | undefined): Promise<boolean> {
    const now = this.clock.now();
    const begun = await this.tx.execute(
      `update sync_run set state = 'running', started_at = coalesce(started_at, $3), heartbeat_at = $3, cursor_before = coalesce(cursor_before, $4)
       where tenant_id = $1 and id = $2 and state in ('queued', 'running')`,
      [this.tx.tenantId, id, now, cursor ?? null],
    );
    return begun === 1;
  }

  /** Adds to the counts. False when the run was stopped by a person meanwhile. */
  async advance(id: string, progress: RunProgress): Promise<boolean> {
    const running = await this.tx.execute(
      `update sync_run set expected = coalesce($3, expected), fetched = fetched + $4, changed = changed + $5, set_aside = set_aside + $6, heartbeat_at = $7
       where tenant_id = $1 and id = $2 and state = 'running'`,
      [
        this.tx.tenantId,
        id,
        progress.expected ?? null,
        progress.fetched ?? 0,
        progress.changed ?? 0,
        progress.setAside ?? 0,
        this.clock.now(),
      ],
    );
    return running === 1;
  }

  /** False when it had ended already. */
  async finish(id: string, state: 'succeeded' | 'failed' | 'cancelled', problem?: string): Promise<boolean> {
    const finished = await this.tx.execute(
      `update sync_run set state = $3, problem = $4, finished_at = $5 where tenant_id = $1 and id = $2 and state in ('queued', 'running')`,
      [this.tx.tenantId, id, state, problem ?? null, this.clock.now()],
    );
    return finished === 1;
  }

  async cursor(connectionId: string, kind: SyncCursorEntity['kind']): Promise<string | undefined> {
    const row = await this.tx.rows(SyncCursorEntity).findOneBy({ tenantId: this.tx.tenantId, connectionId, kind });
    return row?.cursor;
  }

  /** The connections that were read so far. */
  async readFrom(kind: SyncCursorEntity['kind']): Promise<string[]> {
    const cursors = await this.tx.rows(SyncCursorEntity).findBy({ tenantId: this.tx.tenantId, kind });
    return cursors.map(({ connectionId }) => connectionId);
  }

  /** The next run begins at the beginning. */
  async forgetCursor(connectionId: string, kind: SyncCursorEntity['kind']): Promise<void> {
    await this.tx.rows(SyncCursorEntity).delete({ tenantId: this.tx.tenantId, connectionId, kind });
  }

  async moveCursor(connectionId: string, kind: SyncCursorEntity['kind'], cursor: string): Promise<void> {
    await this.tx
      .rows(SyncCursorEntity)
      .upsert({ tenantId: this.tx.tenantId, connectionId, kind, cursor, updatedAt: this.clock.now() }, [
        'tenantId',
        'connectionId',
        'kind',
      ]);
  }
}
