import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/refusal.js';
import { Clock } from '../platform/clock/clock.js';
import type { Principal } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { JobQueue } from '../jobs/job-queue.js';
import { Leases } from '../database/leases.js';
import { DataExportRepository } from './export/data-export.repository.js';
import { ContentPolicy } from '../billing/invoices/content-policy.repository.js';
import { DataPolicyRepository } from './data-policy.repository.js';
import { LegalHoldRepository } from './legal-hold.repository.js';
import { RetentionRepository, type DueRows } from './retention.repository.js';
import { SyncRunRepository } from '../jobs/sync-run.repository.js';
import { VendorRecordRepository } from '../billing/invoices/vendor-record.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { Retention } from './retention.js';

const LEASE_MS = 30_000;

/** What would be forgotten at this moment, and why it cannot be yet. */
export interface ContentPreview {
  due: DueRows[];
  obstacles: string[];
}

/** Whether a company's invoices are kept with what they say, or only with what they are found by. */
@Injectable()
export class ContentKeeping {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly policies: DataPolicyRepository,
    private readonly contentPolicy: ContentPolicy,
    private readonly store: RetentionRepository,
    private readonly holds: LegalHoldRepository,
    private readonly exports: DataExportRepository,
    private readonly retention: Retention,
    private readonly runs: SyncRunRepository,
    private readonly records: VendorRecordRepository,
    private readonly leases: Leases,
    private readonly jobs: JobQueue,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async isKept(tenantId: string): Promise<boolean> {
    return await this.tx.run(tenantId, () => this.contentPolicy.keepsContent());
  }

  /** Counts and changes nothing. */
  async preview(tenantId: string): Promise<ContentPreview> {
    return await this.tx.run(tenantId, async () => ({ due: await this.store.content(), obstacles: await this.obstacles() }));
  }

  /**
   * From now on nothing of it is stored, and a clean-up forgets what is. It cannot be brought back but from the source.
   * @throws Refusal 'conflict' while something is under hold or on its way to a ledger
   */
  async forget(caller: Principal): Promise<void> {
    const { tenantId, actor } = caller;
    await this.tx.run(tenantId, async () => {
      await this.holds.lock();
      const obstacles = await this.obstacles();
      if (obstacles.length > 0) throw new Refusal('conflict', obstacles.join(' '));
      await this.policies.keepContent(false, this.clock.now());
      await this.takeExportsAway();
      await this.audit.record(actor, { action: 'data.content_forgotten', subject: { kind: 'tenant', id: tenantId } });
      await this.retention.request(actor);
    });
  }

  /** From now on it is, and every source is read again from its beginning. @throws Refusal 'conflict' while one is being read */
  async keep(caller: Principal): Promise<void> {
    const { tenantId } = caller;
    const connections = await this.tx.run(tenantId, () => this.runs.readFrom('pull'));
    await this.whileNobodyReads(tenantId, connections, () => this.tx.run(tenantId, () => this.beginAnew(caller, connections)));
  }

  /** A reading that goes on would move its cursor behind what is to be read again. */
  private async whileNobodyReads(tenantId: string, connections: readonly string[], work: () => Promise<void>): Promise<void> {
    const [first, ...others] = connections;
    if (first === undefined) return await work();
    const held = await this.leases.hold(tenantId, `pull:${first}`, LEASE_MS, () => this.whileNobodyReads(tenantId, others, work));
    if (!held) throw new Refusal('conflict', 'Invoices are being read at this moment. Try again when that has ended.');
  }

  private async beginAnew({ tenantId, actor }: Principal, connections: readonly string[]): Promise<void> {
    await this.policies.keepContent(true, this.clock.now());
    await this.audit.record(actor, { action: 'data.content_kept', subject: { kind: 'tenant', id: tenantId } });
    await this.records.dropWithoutPayload();
    for (const connectionId of connections) {
      await this.runs.forgetCursor(connectionId, 'pull');
      await this.runs.request(connectionId, 'pull', actor.label);
    }
  }

  private async obstacles(): Promise<string[]> {
    const [waiting, holds] = [await this.store.awaitingContent(), await this.holds.standing()];
    const invoices = waiting === 1 ? 'One invoice is' : `${waiting.toLocaleString('en-US')} invoices are`;
    return [
      ...(waiting > 0 ? [`${invoices} approved or on the way to a ledger. Let them be posted, or take the approvals back.`] : []),
      ...(holds.length > 0 ? ['Something is under legal hold. Lift the hold first.'] : []),
    ];
  }

  /** They hold what is to be forgotten. */
  private async takeExportsAway(): Promise<void> {
    for (const { id, state } of await this.exports.latest(100)) {
      if (state === 'queued' || state === 'running') throw new Refusal('conflict', 'An export is being prepared. Wait until it is ready.');
      if (state !== 'ready') continue;
      await this.exports.change(id, { expiresAt: this.clock.now() });
      await this.jobs.enqueue('lifecycle.export', id);
    }
  }
}
