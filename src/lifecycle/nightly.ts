import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../platform/clock/clock.js';
import { SYSTEM } from '../database/audit/actor.js';
import { PeriodicWork } from '../jobs/periodic-work.js';
import { JobQueue } from '../jobs/job-queue.js';
import { DueSchedules, type DueTask } from '../jobs/due-schedules.js';
import { ErasureRepository } from './erasure/erasure.repository.js';
import { TenantTaskRepository } from './tenant-task.repository.js';
import { TenantSettingsRepository } from '../identity/tenant-settings.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { nextNight } from './cutoffs.js';
import { Retention } from './retention.js';

const TICK_MS = 15_000;
const PER_TICK = 100;

/** Turns what is due for whole tenants into jobs. Any number of processes may tick: each task is claimed by exactly one. */
@Injectable()
export class Nightly {
  private readonly work = new PeriodicWork(new Logger('lifecycle'));

  constructor(
    private readonly due: DueSchedules,
    private readonly tx: TenantTransaction,
    private readonly settings: TenantSettingsRepository,
    private readonly tasks: TenantTaskRepository,
    private readonly erasures: ErasureRepository,
    private readonly jobs: JobQueue,
    private readonly retention: Retention,
    private readonly clock: Clock,
  ) {}

  /** Called once by processes whose role is to work. */
  start(): void {
    this.work.start();
  }

  @Interval(TICK_MS)
  async tick(): Promise<void> {
    await this.work.alone('Looking for due tasks', async () => {
      for (const task of await this.due.tasks(this.clock.now(), PER_TICK))
        await this.work.attempt(`Planning the ${task.kind} of ${task.tenantId}`, () => this.run(task));
    });
  }

  private async run({ tenantId, kind }: DueTask): Promise<void> {
    await this.tx.run(tenantId, async () => {
      const now = this.clock.now();
      if (kind === 'erasure') return await this.continueErasure(now);
      const { timeZone } = await this.settings.get();
      if (await this.tasks.claim('retention', now, nextNight(now, timeZone, tenantId))) await this.retention.request(SYSTEM);
    });
  }

  /** Asked again in an hour, for as long as the tenant is there: a job may be lost with its process, or wait for a hold to end. */
  private async continueErasure(now: Date): Promise<void> {
    const erasure = await this.erasures.openTenantErasure();
    if (!erasure) return await this.tasks.drop('erasure');
    if (await this.tasks.claim('erasure', now, this.clock.later(3_600_000))) await this.jobs.once('lifecycle.erase', erasure.id, 60);
  }
}
