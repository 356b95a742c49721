import { Injectable } from '@nestjs/common';
import { UNDO_MS } from '../../domain/posting-policy.js';
import { ConnectorRegistry } from '../../connections/connector-registry.js';
import { LedgerSetup } from '../../connections/ledger-setup.js';
import { Vendors } from '../../connections/vendors.js';
import { SYSTEM } from '../../database/audit/actor.js';
import { JobHandler } from '../../jobs/job-handler.js';
import { JobQueue } from '../../jobs/job-queue.js';
import type { JobPayload } from '../../database/queues.js';
import { Leases } from '../../database/leases.js';
import { DuePostingRepository } from '../outbox/due-posting.repository.js';
import { PostingBatchRepository } from '../outbox/posting-batch.repository.js';
import { PostingPlanner } from '../outbox/posting-planner.js';
import type { ConnectionEntity } from '../../connections/connection.entity.js';
import { ConnectionRepository } from '../../connections/connection.repository.js';
import { TenantSettingsRepository } from '../../identity/tenant-settings.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { BatchSender } from './batch-sender.js';
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
    private readonly vendors: Vendors,
    private readonly registry: ConnectorRegistry,
    private readonly postings: PostingPlanner,
    private readonly requests: PostingBatchRepository,
    private readonly due: DuePostingRepository,
    private readonly jobs: JobQueue,
    private readonly batches: BatchSender,
    private readonly singles: SingleWrites,
    private readonly setup: LedgerSetup,
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
    if (this.registry.get(connection.connector).descriptor.capabilities.accountingLedger) await this.sendDocuments(connection, signal);
    await this.singles.sendAll(tenantId, connectionId, signal);
  }

  /** Undefined while anything says stop: the tenant's switch, a pause, a broken grant. */
  private async mayWrite(connectionId: string): Promise<ConnectionEntity | undefined> {
    const settings = await this.settings.get();
    const connection = await this.connections.get(connectionId);
    const stopped = settings.postingStoppedAt !== null || connection.pausedAt !== null || connection.state !== 'connected';
    return stopped ? undefined : connection;
  }

  private async sendDocuments(connection: ConnectionEntity, signal: AbortSignal): Promise<void> {
    const { tenantId, id } = connection;
    await this.tx.run(tenantId, async () => {
      await this.planMissing(id);
      // Also what was planned at the very moment of going live.
      if (connection.goLiveDate) await this.postings.leaveOutBefore(id, connection.goLiveDate);
    });
    if (connection.postingMode !== 'live') return;
    const { ledger, label } = await this.vendors.ledger(tenantId, id, signal);
    const profile = await this.setup.profile(tenantId, id, ledger);
    if (profile.blockers.length > 0) {
      const sentence = `Nothing is sent to ${label}: ${profile.blockers.join(' ')}`;
      await this.tx.run(tenantId, () => this.connections.change(id, { health: { ok: false, sentence, missing: [] } }));
      return;
    }
    await this.batches.sendAll(tenantId, id, ledger, 'invoice', signal);
    await this.batches.sendAll(tenantId, id, ledger, 'credit_note', signal);
  }

  /** Invoices whose approval planned nothing, because their location had no ledger then. */
  private async planMissing(connectionId: string): Promise<void> {
    const waiting = await this.due.unplanned(connectionId, UNDO_MS);
    for (const { id, approvalId, notBefore } of waiting) await this.postings.planDocument(id, approvalId, SYSTEM, notBefore);
  }
}
