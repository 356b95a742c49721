import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../platform/clock/clock.js';
import { SYSTEM } from '../database/audit/actor.js';
import { DueSchedules, type DueSchedule } from './due-schedules.js';
import { JobQueue } from './job-queue.js';
import { ScheduleRepository } from './schedule.repository.js';
import { SyncRunRepository } from './sync-run.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { PeriodicWork } from './periodic-work.js';

const TICK_MS = 2_000;
const PER_TICK = 200;
/** A run without a sign of life for so long lost its process. */
const SILENT_MS = 90_000;

/** Turns due schedules into jobs. Any number of processes may tick: each schedule is claimed by exactly one. */
@Injectable()
export class Ticker {
  private readonly work = new PeriodicWork(new Logger('schedules'));

  constructor(
    private readonly due: DueSchedules,
    private readonly tx: TenantTransaction,
    private readonly schedules: ScheduleRepository,
    private readonly runs: SyncRunRepository,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Called once by processes whose role is to work. */
  start(): void {
    this.work.start();
  }

  @Interval(TICK_MS)
  async tick(): Promise<void> {
    await this.work.alone('Looking for due schedules', async () => {
      for (const schedule of await this.due.now(this.clock.now(), PER_TICK))
        await this.work.attempt(`The schedule ${schedule.id} of ${schedule.tenantId}`, () => this.run(schedule));
    });
  }

  private async run({ tenantId, id }: DueSchedule): Promise<void> {
    await this.tx.run(tenantId, async () => {
      const schedule = await this.schedules.claim(id);
      if (!schedule?.mayRun) return;
      const { kind, connectionId } = schedule;
      if (kind !== 'post') return void (await this.runs.request(connectionId, kind, SYSTEM.label));
      await this.runs.revive(connectionId, this.clock.later(-SILENT_MS));
      await this.jobs.enqueue('posting.send', connectionId);
    });
  }
}
