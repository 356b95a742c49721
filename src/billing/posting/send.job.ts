import { Injectable } from '@nestjs/common';
import { JobHandler } from '../../jobs/job-handler.js';
import { JobQueue } from '../../jobs/job-queue.js';
import type { JobPayload } from '../../database/queues.js';
import { Leases } from '../../database/leases.js';
import { DuePostingRepository } from '../outbox/due-posting.repository.js';
import { PostingBatchRepository } from '../outbox/posting-batch.repository.js';
import type { ConnectionEntity } from '../../connections/connection.entity.js';
import { ConnectionRepository } from '../../connections/connection.repository.js';
import { TenantSettingsRepository } from '../../identity/tenant-settings.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { DueDocuments } from './due-documents.js';
import { SingleWrites } from './single-writes.js';
import { LOOK_AGAIN_SECONDS, PostingTimings } from './timings.js';

/** Sends everything that is due at one connection. One process per connection at a time; any other leaves a reminder. */
@Injectable()
export class SendJob {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly leases: Leases,
    private readonly settings: TenantSettingsRepository,
    private readonly connections: ConnectionRepository,
    private readonly requests: PostingBatchRepository,
    private readonly due: DuePostingRepository,
    private readonly jobs: JobQueue,
    private readonly documents: DueDocuments,
    private readonly singles: SingleWrites,
    private readonly timings: PostingTimings,
  ) {}

  @JobHandler('posting.send')
  async send({ tenantId, id: connectionId }: JobPayload, signal: AbortSignal): Promise<void> {
    const held = await this.leases.hold(tenantId, `send:${connectionId}`, this.timings.senderMs, (lease) =>
      this.workOn(tenantId, connectionId, AbortSignal.any([signal, lease.signal])),
    );
    // Whoever holds the lease may have looked for the last time before this was asked for.
    if (!held) await this.tx.run(tenantId, () => this.jobs.remind('posting.send', connectionId, LOOK_AGAIN_SECONDS));
  }

  private async workOn(tenantId: string, connectionId: string, signal: AbortSignal): Promise<void> {
    const connection = await this.tx.run(tenantId, async () => {
      await this.requests.admitUnknown(connectionId, this.timings.leaseMs);
      // Asked at every sending, so that no unknown posting is forgotten when a reconcile job is lost.
      if (await this.due.isOpen(connectionId, ['unknown'])) await this.jobs.remind('posting.reconcile', connectionId, LOOK_AGAIN_SECONDS);
      return await this.mayWrite(connectionId);
    });
    if (!connection) return;
    await this.documents.sendAll(connection, signal);
    await this.singles.sendAll(tenantId, connectionId, signal);
  }

  /** Undefined while anything says stop: the tenant's switch, a pause, a broken grant. */
  private async mayWrite(connectionId: string): Promise<ConnectionEntity | undefined> {
    const settings = await this.settings.get();
    const connection = await this.connections.get(connectionId);
    const stopped = settings.postingStoppedAt !== null || connection.pausedAt !== null || connection.state !== 'connected';
    return stopped ? undefined : connection;
  }
}
