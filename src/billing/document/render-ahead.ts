import { Injectable } from '@nestjs/common';
import { JobQueue } from '../../storage/jobs/job-queue.js';
import { TenantTransaction } from '../../storage/tenant-transaction.js';

/** However often a list is looked at, one job per invoice in this time. */
const ASK_AGAIN_AFTER_S = 60;

/** Has documents rendered before somebody opens them. */
@Injectable()
export class RenderAhead {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly jobs: JobQueue,
  ) {}

  /** @param invoiceIds invoices of this tenant; one that is rendered already costs a look */
  async ask(tenantId: string, invoiceIds: readonly string[]): Promise<void> {
    if (invoiceIds.length === 0) return;
    await this.tx.run(tenantId, async () => {
      for (const id of invoiceIds) await this.jobs.once('document.render', id, ASK_AGAIN_AFTER_S);
    });
  }
}
