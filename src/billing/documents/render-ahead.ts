import { Injectable, Logger } from '@nestjs/common';
import { JobQueue } from '../../jobs/job-queue.js';
import { DataPolicyRepository } from '../../lifecycle/data-policy.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

/** However often a list is looked at, one job per invoice in this time. */
const ASK_AGAIN_AFTER_S = 60;
/** As far as a reader gets before the list is looked at again. */
const AHEAD = 6;

/** Has documents rendered before somebody opens them. */
@Injectable()
export class RenderAhead {
  private readonly logger = new Logger('documents');

  constructor(
    private readonly tx: TenantTransaction,
    private readonly policies: DataPolicyRepository,
    private readonly jobs: JobQueue,
  ) {}

  /** Behind the page's back: the reader does not wait for it, and a failure costs only the head start. */
  askSoon(tenantId: string, invoiceIds: readonly string[]): void {
    if (invoiceIds.length === 0) return;
    this.ask(tenantId, invoiceIds.slice(0, AHEAD)).catch((error: unknown) =>
      this.logger.warn(`Documents were not rendered ahead: ${error instanceof Error ? error.message : 'unknown cause'}`),
    );
  }

  private async ask(tenantId: string, invoiceIds: readonly string[]): Promise<void> {
    await this.tx.run(tenantId, async () => {
      // A document that is not stored would be rendered in vain.
      if (!(await this.policies.keepsContent())) return;
      for (const id of invoiceIds) await this.jobs.once('document.render', id, ASK_AGAIN_AFTER_S);
    });
  }
}
