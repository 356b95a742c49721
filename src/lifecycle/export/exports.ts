import type { WriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { notFound, Refusal } from '../../domain/refusal.js';
import { Clock } from '../../platform/clock/clock.js';
import { Config } from '../../platform/config/config.js';
import type { Principal } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { DataExportRepository } from './data-export.repository.js';
import type { DataExportEntity } from './data-export.entity.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';

/** Exports on disk, below DATA_DIR/exports: readable by this process's user alone. */
@Injectable()
export class ExportFiles {
  constructor(private readonly config: Config) {}

  /** Folder and name of a finished export. */
  place(tenantId: string, id: string): { root: string; name: string } {
    return { root: this.folder(tenantId), name: `${id}.zip` };
  }

  /** Under another name until it is whole. */
  async begin(tenantId: string, id: string): Promise<WriteStream> {
    await mkdir(this.folder(tenantId), { recursive: true, mode: 0o700 });
    return (await open(this.part(tenantId, id), 'w', 0o600)).createWriteStream();
  }

  async finish(tenantId: string, id: string): Promise<void> {
    const { root, name } = this.place(tenantId, id);
    await rename(this.part(tenantId, id), join(root, name));
  }

  async remove(tenantId: string, id: string): Promise<void> {
    const { root, name } = this.place(tenantId, id);
    await Promise.all([join(root, name), this.part(tenantId, id)].map((file) => rm(file, { recursive: true, force: true })));
  }

  async removeAll(tenantId: string): Promise<void> {
    await rm(this.folder(tenantId), { recursive: true, force: true });
  }

  private folder(tenantId: string): string {
    return join(this.config.dataDir, 'exports', tenantId);
  }

  private part(tenantId: string, id: string): string {
    return join(this.folder(tenantId), `${id}.part`);
  }
}

/** Exports of everything: asked for by an owner, prepared by a job, fetched by that person alone within a day. */
@Injectable()
export class Exports {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly exports: DataExportRepository,
    private readonly files: ExportFiles,
    private readonly jobs: JobQueue,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async list(tenantId: string): Promise<DataExportEntity[]> {
    return await this.tx.run(tenantId, () => this.exports.latest(10));
  }

  /** One at a time; a second wish is told so. */
  async request(caller: Principal): Promise<string> {
    return await this.tx.run(caller.tenantId, async () => {
      const { actor } = caller;
      for (const lost of await this.exports.giveUpSilent(this.clock.now())) await this.files.remove(caller.tenantId, lost);
      const id = await this.exports.request(
        { kind: caller.personId === undefined ? 'api_key' : 'person', id: actor.id, label: actor.label },
        this.clock.now(),
      );
      if (id === undefined) throw new Refusal('conflict', 'An export is being prepared already. Wait until it is ready.');
      await this.jobs.enqueue('lifecycle.export', id);
      await this.audit.record(actor, { action: 'data.export_requested', subject: { kind: 'data_export', id } });
      return id;
    });
  }

  /** Where the file is. @throws Refusal for anybody else, and after its day */
  async fetch(caller: Principal, id: string): Promise<{ root: string; name: string; sha256: string }> {
    return await this.tx.run(caller.tenantId, async () => {
      const row = await this.exports.find(id);
      if (!row || row.requestedById !== caller.actor.id) throw notFound('This export');
      if (row.state !== 'ready' || !row.expiresAt || !row.sha256 || row.expiresAt <= this.clock.now())
        throw new Refusal('conflict', 'This export is not there any more: it is kept for one day. Prepare a new one.');
      await this.exports.change(id, { downloadedAt: this.clock.now() });
      await this.audit.record(caller.actor, {
        action: 'data.export_downloaded',
        subject: { kind: 'data_export', id },
        after: { sha256: row.sha256 },
      });
      return { ...this.files.place(caller.tenantId, id), sha256: row.sha256 };
    });
  }
}
