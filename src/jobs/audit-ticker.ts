import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../platform/clock/clock.js';
import { AuditInspector } from '../database/audit/audit-inspector.js';
import { AuditKeeper } from '../database/audit/audit-keeper.js';
import { AuditSealer } from '../database/audit/audit-sealer.js';
import { AuditWatch } from '../database/audit/audit-watch.js';
import { PeriodicWork } from './periodic-work.js';
import { HeadExport } from './head-export.js';

const SEAL_MS = 2_000;
const TEND_MS = 30_000;
const TENANTS_PER_TICK = 200;
/** Then the next tenant has its turn. */
const BATCHES_PER_TENANT = 10;
const VERIFIED_PER_ROUND = 20;
const DAY_MS = 24 * 3_600_000;
/** An event without a seal for so long is an alarm. */
const ALARM_SECONDS = 60;

/** Seals what was written, walks every chain once a day, carries the heads out, and makes room for the months to come. */
@Injectable()
export class AuditTicker {
  private readonly log = new Logger('audit');
  private readonly work = new PeriodicWork(this.log);

  constructor(
    private readonly watch: AuditWatch,
    private readonly sealer: AuditSealer,
    private readonly inspector: AuditInspector,
    private readonly keeper: AuditKeeper,
    private readonly heads: HeadExport,
    private readonly clock: Clock,
  ) {}

  /** Called once by processes whose role is to work. */
  start(): void {
    this.work.start();
  }

  @Interval(SEAL_MS)
  async seal(): Promise<void> {
    await this.work.alone('Sealing the audit log', async () => {
      for (const tenantId of await this.watch.waiting(TENANTS_PER_TICK))
        await this.work.attempt(`Sealing the audit log of ${tenantId}`, () => this.sealTenant(tenantId));
    });
  }

  private async sealTenant(tenantId: string): Promise<void> {
    for (let batch = 0; batch < BATCHES_PER_TENANT && (await this.sealer.seal(tenantId)) > 0; batch += 1);
  }

  @Interval(TEND_MS)
  async tend(): Promise<void> {
    await this.work.alone('Making room in the audit log', async () => void (await this.keeper.makePartitions()));
    await this.work.alone('Walking the audit log', async () => {
      for (const tenantId of await this.watch.unverifiedSince(this.clock.later(-DAY_MS), VERIFIED_PER_ROUND))
        await this.work.attempt(`Walking the audit log of ${tenantId}`, async () => void (await this.inspector.verify(tenantId)));
    });
    await this.work.alone('Carrying out the heads of the audit log', async () => void (await this.heads.daily()));
    await this.work.alone('Looking after the audit log', async () => await this.raiseAlarms());
  }

  private async raiseAlarms(): Promise<void> {
    const seconds = Math.round(await this.watch.longestWait());
    if (seconds > ALARM_SECONDS) this.log.error(`An event of the audit log has been waiting for its seal for ${seconds} seconds`);
    for (const { tenantId, problem } of await this.watch.broken()) this.log.error(`The audit chain of ${tenantId} is broken: ${problem}`);
  }
}
