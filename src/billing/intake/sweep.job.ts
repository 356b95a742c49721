import { Injectable } from '@nestjs/common';
import { Vendors } from '../../connections/vendors.js';
import { Clock } from '../../platform/clock/clock.js';
import { isConnectorError } from '../../ports/connector-error.js';
import { JobHandler } from '../../jobs/job-handler.js';
import { SYSTEM } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import type { JobPayload } from '../../database/queues.js';
import { SyncRunRepository } from '../../jobs/sync-run.repository.js';
import { VendorRecordRepository } from '../invoices/vendor-record.repository.js';
import type { SyncRunEntity } from '../../jobs/sync-run.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { InvoiceRepository } from '../invoices/invoice.repository.js';
import { StandingApprovals } from '../invoices/standing-approvals.js';
import { StaffReading } from './staff-reading.js';

const OUR_FAULT = 'Looking for deleted invoices stopped because of a fault in Countersign. The next run tries again; the log says more.';
const NOTHING_THERE =
  'The PSA lists no invoice at all, although some are known here. Nothing was changed: check what the connection may see there.';

/** Deletions leave no trace in an incremental pull, so once a night all ids are compared. */
@Injectable()
export class SweepJob {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly vendors: Vendors,
    private readonly runs: SyncRunRepository,
    private readonly invoices: InvoiceRepository,
    private readonly approvals: StandingApprovals,
    private readonly records: VendorRecordRepository,
    private readonly staff: StaffReading,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  @JobHandler('intake.sweep')
  async sweep({ tenantId, id }: JobPayload, signal: AbortSignal): Promise<void> {
    const run = await this.tx.run(tenantId, () => this.runs.find(id));
    if (!run || !(await this.tx.run(tenantId, () => this.runs.begin(id, undefined)))) return;
    try {
      const { source } = await this.vendors.source(tenantId, run.connectionId, signal);
      const present = new Set<string>();
      for await (const ids of source.listIds()) for (const externalId of ids) present.add(externalId);
      await this.staff.refresh(tenantId, run.connectionId, source, signal);
      await this.tx.run(tenantId, () => this.voidMissing(run, present));
      await this.tx.run(tenantId, () => this.records.expire(run.connectionId, this.clock.now()));
    } catch (error) {
      if (signal.aborted) throw error;
      await this.tx.run(tenantId, () => this.runs.finish(id, 'failed', isConnectorError(error) ? error.message : OUR_FAULT));
      if (!isConnectorError(error)) throw error;
    }
  }

  private async voidMissing(run: SyncRunEntity, present: ReadonlySet<string>): Promise<void> {
    // Somebody who stopped the run in the meantime wants nothing changed by it.
    if (!(await this.runs.advance(run.id, { fetched: present.size }))) return;
    const open = await this.invoices.deletable(run.connectionId, run.queuedAt);
    // A permission that was taken away looks like a deletion of everything.
    if (present.size === 0 && open.length > 0) return void (await this.runs.finish(run.id, 'failed', NOTHING_THERE));
    const missing = open.filter((invoice) => !present.has(invoice.externalId));
    await this.approvals.lapse(
      missing.map((invoice) => invoice.id),
      'The invoice no longer exists in the PSA.',
    );
    const gone = await this.invoices.transition(
      'deleted_in_psa',
      missing.map((invoice) => invoice.id),
    );
    for (const id of gone) await this.audit.record(SYSTEM, { action: 'invoice.deleted_at_source', subject: { kind: 'invoice', id } });
    await this.runs.advance(run.id, { changed: gone.length });
    await this.runs.finish(run.id, 'succeeded');
  }
}
