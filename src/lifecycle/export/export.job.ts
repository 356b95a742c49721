import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { JobHandler } from '../../jobs/job-handler.js';
import { SYSTEM } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { JobQueue } from '../../jobs/job-queue.js';
import type { JobPayload } from '../../database/queues.js';
import { Leases } from '../../database/leases.js';
import { DataExportRepository } from './data-export.repository.js';
import type { DataExportEntity } from './data-export.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { ExportFiles } from './exports.js';
import { writeExport, type WrittenExport } from './write-export.js';

const LEASE_MS = 30_000;
const PROGRESS_MS = 2_000;
const EXPORT_KEPT_MS = 24 * 3_600_000;
const CLOCKS_DIFFER_MS = 60_000;
const OUR_FAULT = 'The export stopped because of a fault in Countersign. It is tried again by itself; the log says more.';

/** Writes an export into a file, and takes the file away after its day. */
@Injectable()
export class ExportJob {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly exports: DataExportRepository,
    private readonly files: ExportFiles,
    private readonly leases: Leases,
    private readonly jobs: JobQueue,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  @JobHandler('lifecycle.export')
  async export({ tenantId, id }: JobPayload, signal: AbortSignal): Promise<void> {
    const row = await this.tx.run(tenantId, () => this.exports.find(id));
    if (row?.state === 'ready') return await this.expire(row);
    if (!row || row.finishedAt) return;
    const held = await this.leases.hold(tenantId, 'export', LEASE_MS, (lease) =>
      this.work(tenantId, id, AbortSignal.any([signal, lease.signal])),
    );
    if (!held) throw new Error('Another process is writing an export for this tenant; this one waits for its turn');
  }

  private async work(tenantId: string, id: string, signal: AbortSignal): Promise<void> {
    await this.tx.run(tenantId, () =>
      this.exports.change(id, { state: 'running', done: '0', problem: null, heartbeatAt: this.clock.now() }),
    );
    const told: { expected?: number; done?: number } = {};
    // Outside of the snapshot, which is read only and sees nothing of what others write.
    const heartbeat = setInterval(() => void this.tell(tenantId, id, told), PROGRESS_MS);
    try {
      const written = await this.write(tenantId, id, told, signal);
      clearInterval(heartbeat);
      await this.tx.run(tenantId, () => this.ready(id, written, told.done ?? 0));
    } catch (error) {
      clearInterval(heartbeat);
      await this.files.remove(tenantId, id);
      await this.tx.run(tenantId, () => this.exports.change(id, { problem: OUR_FAULT }));
      throw error;
    }
  }

  private async write(
    tenantId: string,
    id: string,
    told: { expected?: number; done?: number },
    signal: AbortSignal,
  ): Promise<WrittenExport> {
    const out = await this.files.begin(tenantId, id);
    const written = await this.tx.snapshot(tenantId, () =>
      writeExport(this.tx, tenantId, out, { now: this.clock.now(), signal, progress: (step) => Object.assign(told, step) }),
    );
    await this.files.finish(tenantId, id);
    return written;
  }

  private async tell(tenantId: string, id: string, { expected = 0, done = 0 }: { expected?: number; done?: number }): Promise<void> {
    try {
      await this.tx.run(tenantId, () =>
        this.exports.change(id, { expected: String(expected), done: String(done), heartbeatAt: this.clock.now() }),
      );
    } catch {
      // Progress that cannot be told now is told in two seconds.
    }
  }

  private async ready(id: string, { size, sha256, files }: WrittenExport, done: number): Promise<void> {
    const expiresAt = this.clock.later(EXPORT_KEPT_MS);
    const counts = { expected: String(done), done: String(done), size: String(size) };
    await this.exports.change(id, { ...counts, state: 'ready', sha256, expiresAt, finishedAt: this.clock.now() });
    await this.jobs.enqueue('lifecycle.export', id, { startAfter: expiresAt });
    await this.audit.record(SYSTEM, {
      action: 'data.exported',
      subject: { kind: 'data_export', id },
      after: { size, sha256, files, rows: done },
    });
  }

  private async expire(row: DataExportEntity): Promise<void> {
    const { expiresAt } = row;
    if (expiresAt && expiresAt > this.clock.now()) return await this.expireLater(row.tenantId, row.id, expiresAt);
    await this.files.remove(row.tenantId, row.id);
    await this.tx.run(row.tenantId, () => this.exports.change(row.id, { state: 'expired' }));
  }

  /** The queue goes by the database's clock, which may be ahead of ours: a job that is dropped now would leave the file for ever. */
  private async expireLater(tenantId: string, id: string, expiresAt: Date): Promise<void> {
    const startAfter = new Date(expiresAt.getTime() + CLOCKS_DIFFER_MS);
    await this.tx.run(tenantId, () => this.jobs.enqueue('lifecycle.export', id, { startAfter }));
  }
}
