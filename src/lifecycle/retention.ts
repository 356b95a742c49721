import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/refusal.js';
import { Clock } from '../platform/clock/clock.js';
import type { Actor, Principal } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { JobQueue } from '../jobs/job-queue.js';
import { DataPolicyRepository, type DataPolicy } from './data-policy.repository.js';
import { RetentionRepository, type Cutoffs, type DueRows } from './retention.repository.js';
import type { RetentionRunEntity } from './retention.entity.js';
import { TenantSettingsRepository } from '../identity/tenant-settings.repository.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import { cutoffsOf } from './cutoffs.js';

export const DOCUMENT_YEARS = [7, 3, 1, null] as const;
export const AUDIT_YEARS = [10, 7, 3, 1, null] as const;
const DAYS = { raw: [1, 365], log: [30, 365] } as const;

/** Exactly what a clean-up would delete at this moment, and what it would pass over. */
export interface DryRun {
  policy: DataPolicy;
  due: DueRows[];
  kept: string[];
  cutoffs: Cutoffs;
}

/** How long a tenant keeps what, and the clean-up by it. */
@Injectable()
export class Retention {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly settings: TenantSettingsRepository,
    private readonly policies: DataPolicyRepository,
    private readonly store: RetentionRepository,
    private readonly jobs: JobQueue,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async policy(tenantId: string): Promise<DataPolicy> {
    return await this.tx.run(tenantId, () => this.policies.present());
  }

  /** @param policy one that is thought of; absent: the present one */
  async dryRun(tenantId: string, policy?: DataPolicy): Promise<DryRun> {
    if (policy) assertPolicy(policy);
    return await this.tx.run(tenantId, async () => {
      const chosen = policy ?? (await this.policies.present());
      const cutoffs = await this.cutoffs(chosen);
      const due = (await this.store.preview(cutoffs)).filter(({ rows }) => rows > 0);
      return { policy: chosen, cutoffs, due, kept: await this.kept(cutoffs) };
    });
  }

  async save(caller: Principal, policy: DataPolicy): Promise<void> {
    assertPolicy(policy);
    await this.tx.run(caller.tenantId, async () => {
      const before = await this.policies.present();
      await this.policies.save(policy, this.clock.now());
      await this.audit.record(caller.actor, {
        action: 'data.retention_changed',
        subject: { kind: 'tenant', id: caller.tenantId },
        before,
        after: policy,
      });
    });
  }

  /** A clean-up now, beside the nightly one. */
  async cleanUp(caller: Principal): Promise<RetentionRunEntity> {
    return await this.tx.run(caller.tenantId, async () => {
      const run = await this.request(caller.actor);
      await this.audit.record(caller.actor, { action: 'data.clean_up_requested', subject: { kind: 'retention_run', id: run.id } });
      return run;
    });
  }

  /** In the open transaction. */
  async request(actor: Actor): Promise<RetentionRunEntity> {
    const { run } = await this.store.request(actor.label, this.clock.now());
    // Also for a run that stands there already: its job may have been lost with its process.
    await this.jobs.once('lifecycle.retain', run.id, 60);
    return run;
  }

  async runs(tenantId: string): Promise<RetentionRunEntity[]> {
    return await this.tx.run(tenantId, () => this.store.latest(10));
  }

  async cutoffs(policy: DataPolicy): Promise<Cutoffs> {
    const { timeZone } = await this.settings.get();
    return cutoffsOf(policy, this.clock.now(), timeZone);
  }

  /** In words, what has come of age and stays. In the open transaction. */
  async kept(cutoffs: Cutoffs): Promise<string[]> {
    const invoices = await this.store.keptInvoices(cutoffs.documentsBefore);
    const raw = await this.store.keptRaw(cutoffs.rawBefore);
    const count = (because: string): number => invoices.find((row) => row.because === because)?.rows ?? 0;
    const [held, unfinished] = [count('hold'), count('unfinished')];
    return [
      ...(held > 0 ? [`${many(held, 'invoice is', 'invoices are')} under legal hold.`] : []),
      ...(unfinished > 0
        ? [`${many(unfinished, 'invoice is', 'invoices are')} not finished: not posted, not paid, or with a posting to decide on.`]
        : []),
      ...(raw > 0 ? [`${many(raw, 'raw record waits', 'raw records wait')} for somebody to look: set aside, or not read yet.`] : []),
    ];
  }
}

function many(count: number, one: string, several: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : several}`;
}

function assertPolicy({ documentsYears, rawDays, logDays, auditYears }: DataPolicy): void {
  if (!DOCUMENT_YEARS.some((years) => years === documentsYears))
    throw new Refusal('invalid', 'Documents are kept for 7, 3 or 1 years, or for ever.', { field: 'documentsYears' });
  if (!AUDIT_YEARS.some((years) => years === auditYears))
    throw new Refusal('invalid', 'The record is kept for 10, 7, 3 or 1 years, or for ever.', { field: 'auditYears' });
  for (const [field, days, [least, most]] of [
    ['rawDays', rawDays, DAYS.raw],
    ['logDays', logDays, DAYS.log],
  ] as const) {
    if (!Number.isInteger(days) || days < least || days > most) throw new Refusal('invalid', `Choose ${least} to ${most} days.`, { field });
  }
}
