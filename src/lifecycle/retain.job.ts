import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/clock.js';
import { JobHandler } from '../jobs/job-handler.js';
import { SYSTEM } from '../database/audit/actor.js';
import { AuditKeeper } from '../database/audit/audit-keeper.js';
import { AuditLog } from '../database/audit/audit-log.js';
import type { JobPayload } from '../database/queues.js';
import { Leases } from '../database/leases.js';
import { DataPolicyRepository } from './data-policy.repository.js';
import { LegalHoldRepository } from './legal-hold.repository.js';
import { RetentionRepository, type Cutoffs, type DueRows } from './retention.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { Retention } from './retention.js';

const LEASE_MS = 30_000;
/** Invoices or rows in one transaction: small enough that nobody waits for it. */
const BATCH = 200;
const OUR_FAULT = 'The clean-up stopped because of a fault in Countersign. It tries again by itself; the log says more.';

/** Deletes what is too old, batch by batch. Each batch counts itself in its own transaction, so a run can die and go on anywhere. */
@Injectable()
export class RetainJob {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly retention: Retention,
    private readonly policies: DataPolicyRepository,
    private readonly store: RetentionRepository,
    private readonly holds: LegalHoldRepository,
    private readonly keeper: AuditKeeper,
    private readonly leases: Leases,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  @JobHandler('lifecycle.retain')
  async retain({ tenantId, id }: JobPayload, signal: AbortSignal): Promise<void> {
    const held = await this.leases.hold(tenantId, 'retention', LEASE_MS, (lease) =>
      this.work(tenantId, id, AbortSignal.any([signal, lease.signal])),
    );
    if (!held) throw new Error('Another process is cleaning up for this tenant; this run waits for its turn');
  }

  private async work(tenantId: string, id: string, signal: AbortSignal): Promise<void> {
    const cutoffs = await this.tx.run(tenantId, () => this.begin(id));
    if (!cutoffs) return;
    try {
      while (await this.tx.run(tenantId, () => this.counted(id, () => this.store.forgetBatch(BATCH)))) signal.throwIfAborted();
      while (await this.tx.run(tenantId, () => this.counted(id, () => this.store.deleteBatch(cutoffs, BATCH)))) signal.throwIfAborted();
      while (await this.tx.run(tenantId, () => this.expireAudit(id, cutoffs))) signal.throwIfAborted();
      await this.tx.run(tenantId, () => this.finish(id, cutoffs));
    } catch (error) {
      // Whoever takes the run over goes on from what is left.
      if (!signal.aborted) await this.tx.run(tenantId, () => this.store.change(id, { problem: OUR_FAULT }));
      throw error;
    }
  }

  private async begin(id: string): Promise<Cutoffs | undefined> {
    const run = await this.store.find(id);
    if (!run || run.finishedAt) return undefined;
    const cutoffs = await this.retention.cutoffs(await this.policies.present());
    const now = this.clock.now();
    const due = [...(await this.contentToForget()), ...(await this.store.preview(cutoffs))];
    const left = due.reduce((sum, { rows }) => sum + rows, 0);
    await this.store.change(id, {
      state: 'running',
      startedAt: run.startedAt ?? now,
      heartbeatAt: now,
      problem: null,
      expected: String(Number.parseInt(run.deleted, 10) + left),
    });
    return cutoffs;
  }

  private async contentToForget(): Promise<DueRows[]> {
    return (await this.policies.keepsContent()) ? [] : await this.store.content();
  }

  /** @returns whether anything was deleted */
  private async counted(id: string, batch: () => Promise<Record<string, number>>): Promise<boolean> {
    const counts = await batch();
    if (Object.keys(counts).length === 0) return false;
    await this.store.count(id, counts, this.clock.now());
    return true;
  }

  /** The record goes from its beginning, so any hold keeps all of it: nobody knows yet which part will be asked for. */
  private async expireAudit(id: string, { auditBefore }: Cutoffs): Promise<boolean> {
    if (auditBefore === null) return false;
    // Whoever sets a hold at this moment waits for this step, and the next one sees the hold.
    await this.holds.lock();
    if ((await this.holds.standing()).length > 0) return false;
    const gone = await this.keeper.expire(auditBefore);
    if (gone > 0) await this.store.count(id, { audit_event: gone }, this.clock.now());
    return gone > 0;
  }

  private async finish(id: string, cutoffs: Cutoffs): Promise<void> {
    const isHeld = (await this.holds.standing()).some(({ scope }) => scope === 'tenant');
    const jobs = isHeld ? 0 : await this.store.deleteJobs(cutoffs.logsBefore);
    if (jobs > 0) await this.store.count(id, { job: jobs }, this.clock.now());
    const kept = [...(isHeld ? ['Everything is under legal hold: nothing was deleted.'] : []), ...(await this.retention.kept(cutoffs))];
    if ((await this.contentToForget()).length > 0)
      kept.push('What invoices say is not forgotten yet: something is under legal hold. It goes in the night after the hold is lifted.');
    await this.store.change(id, { state: 'succeeded', finishedAt: this.clock.now(), kept });
    const run = await this.store.find(id);
    await this.audit.record(SYSTEM, {
      action: 'data.cleaned_up',
      subject: { kind: 'retention_run', id },
      after: { rows: run?.counts, kept, documentsBefore: cutoffs.documentsBefore },
    });
  }
}
