import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../platform/clock/clock.js';
import { SYSTEM } from '../storage/actor.js';
import { DueSchedules, type DueSchedule } from '../storage/due-schedules.js';
import { JobQueue } from '../storage/jobs/job-queue.js';
import { Schedules } from '../storage/repositories/schedules.js';
import { SyncRuns } from '../storage/repositories/sync-runs.js';
import { ConnectionRow } from '../storage/rows/connection-rows.js';
import { TenantTransaction } from '../storage/tenant-transaction.js';
import { orAgain } from './or-again.js';

const TICK_MS = 2_000;
const PER_TICK = 200;
/** A run without a sign of life for so long lost its process. */
const SILENT_MS = 90_000;

/** Turns due schedules into jobs. Any number of processes may tick: each schedule is claimed by exactly one. */
@Injectable()
export class Ticker {
  private readonly log = new Logger('schedules');
  private busy = false;
  private enabled = false;

  constructor(
    private readonly due: DueSchedules,
    private readonly tx: TenantTransaction,
    private readonly schedules: Schedules,
    private readonly runs: SyncRuns,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Called once by processes whose role is to work. */
  start(): void {
    this.enabled = true;
  }

  @Interval(TICK_MS)
  async tick(): Promise<void> {
    if (!this.enabled || this.busy) return;
    this.busy = true;
    await orAgain(this.log, 'Looking for due schedules', async () => {
      for (const schedule of await this.due.now(this.clock.now(), PER_TICK))
        await orAgain(this.log, `The schedule ${schedule.id} of ${schedule.tenantId}`, () => this.run(schedule));
    });
    this.busy = false;
  }

  private async run({ tenantId, id }: DueSchedule): Promise<void> {
    await this.tx.run(tenantId, async () => {
      const schedule = await this.schedules.claim(id);
      if (!schedule) return;
      const connection = await this.tx.rows(ConnectionRow).findOneByOrFail({ tenantId, id: schedule.connectionId });
      if (connection.state !== 'connected' || connection.pausedAt) return;
      if (schedule.kind !== 'post') return void (await this.runs.request(connection.id, schedule.kind, SYSTEM.label));
      await this.runs.revive(connection.id, this.clock.later(-SILENT_MS));
      await this.jobs.enqueue('posting.send', connection.id);
    });
  }
}
