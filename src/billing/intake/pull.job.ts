import { Injectable } from '@nestjs/common';
import { Vendors } from '../../connections/vendors.js';
import { Clock } from '../../platform/clock/clock.js';
import type { MapInvoice, SourcePage } from '../../ports/billing-source.js';
import { isConnectorError } from '../../ports/connector-error.js';
import { JobHandler } from '../../jobs/job-handler.js';
import type { JobPayload } from '../../database/queues.js';
import { Leases } from '../../database/leases.js';
import { ContentPolicy } from '../invoices/content-policy.repository.js';
import { SyncRunRepository } from '../../jobs/sync-run.repository.js';
import { VendorRecordRepository } from '../invoices/vendor-record.repository.js';
import type { SyncRunEntity } from '../../jobs/sync-run.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { Interpret, type InterpretCounts } from './interpret.js';
import { PassThroughReading } from './pass-through.js';
import { StaffReading } from './staff-reading.js';

const LEASE_MS = 30_000;
const OUR_FAULT =
  'Reading stopped because of a fault in Countersign. The next run tries again from where this one stopped; the log says more.';

/** Reads what changed at the PSA, page by page: raw and cursor in one transaction, then the mapping in the next. */
@Injectable()
export class PullJob {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly vendors: Vendors,
    private readonly runs: SyncRunRepository,
    private readonly records: VendorRecordRepository,
    private readonly content: ContentPolicy,
    private readonly interpret: Interpret,
    private readonly inPassing: PassThroughReading,
    private readonly staff: StaffReading,
    private readonly leases: Leases,
    private readonly clock: Clock,
  ) {}

  @JobHandler('intake.pull')
  async pull({ tenantId, id }: JobPayload, signal: AbortSignal): Promise<void> {
    const run = await this.tx.run(tenantId, () => this.runs.find(id));
    if (!run) return;
    const held = await this.leases.hold(tenantId, `pull:${run.connectionId}`, LEASE_MS, (lease) =>
      this.work(run, AbortSignal.any([signal, lease.signal])),
    );
    if (!held) throw new Error('Another process is reading this connection; this run waits for its turn');
  }

  private async work(run: SyncRunEntity, signal: AbortSignal): Promise<void> {
    const { tenantId, connectionId } = run;
    const cursor = await this.tx.run(tenantId, () => this.runs.cursor(connectionId, 'pull'));
    if (!(await this.tx.run(tenantId, () => this.runs.begin(run.id, cursor)))) return;
    try {
      const { source, mapInvoice } = await this.vendors.source(tenantId, connectionId, signal);
      await this.inPassing.readAgain(tenantId, connectionId, source, mapInvoice);
      await this.interpret.everything(tenantId, connectionId, mapInvoice);
      let notKnown: readonly string[] = [];
      for await (const page of source.pull(cursor)) {
        signal.throwIfAborted();
        notKnown = page.notKnown ?? notKnown;
        const counts = (await this.tx.run(tenantId, () => this.content.keepsContent()))
          ? await this.stored(tenantId, connectionId, page, mapInvoice)
          : await this.passed(tenantId, connectionId, page, mapInvoice);
        const progress = { fetched: page.invoices.length, ...counts, ...(page.expected !== undefined && { expected: page.expected }) };
        if (!(await this.tx.run(tenantId, () => this.runs.advance(run.id, progress)))) return;
      }
      await this.staff.refresh(tenantId, connectionId, source, signal);
      await this.tx.run(tenantId, () => this.runs.finish(run.id, 'succeeded', notKnown.join(' ') || undefined));
    } catch (error) {
      // Whoever takes the run over goes on from the cursor.
      if (signal.aborted) throw error;
      await this.tx.run(tenantId, () => this.runs.finish(run.id, 'failed', isConnectorError(error) ? error.message : OUR_FAULT));
      if (!isConnectorError(error)) throw error;
    }
  }

  private async stored(tenantId: string, connectionId: string, page: SourcePage, map: MapInvoice): Promise<InterpretCounts> {
    await this.tx.run(tenantId, async () => {
      await this.records.store(connectionId, page.invoices, this.clock.now());
      await this.runs.moveCursor(connectionId, 'pull', page.cursor);
    });
    return await this.interpret.everything(tenantId, connectionId, map);
  }

  /** The cursor moves behind what was read: a process that dies between reads the page again. */
  private async passed(tenantId: string, connectionId: string, page: SourcePage, map: MapInvoice): Promise<InterpretCounts> {
    const counts = await this.inPassing.read(tenantId, connectionId, page.invoices, map);
    await this.tx.run(tenantId, () => this.runs.moveCursor(connectionId, 'pull', page.cursor));
    return counts;
  }
}
