import { Injectable } from '@nestjs/common';
import { ConnectorRegistry } from '../../connections/connector-registry.js';
import { LedgerSetup } from '../../connections/ledger-setup.js';
import { Vendors } from '../../connections/vendors.js';
import { SYSTEM } from '../../database/audit/actor.js';
import { JobHandler } from '../../jobs/job-handler.js';
import { JobQueue } from '../../jobs/job-queue.js';
import type { JobPayload } from '../../database/queues.js';
import { Leases } from '../../database/leases.js';
import { PostingPlanner, UNDO_MS } from '../outbox/posting-planner.js';
import { PostingRepository } from '../outbox/posting.repository.js';
import { ConnectionEntity } from '../../connections/connection.entity.js';
import { TenantSettingsEntity } from '../../identity/tenant-settings.entity.js';
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
    private readonly vendors: Vendors,
    private readonly registry: ConnectorRegistry,
    private readonly postings: PostingPlanner,
    private readonly work: PostingRepository,
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
      await this.work.admitUnknown(connectionId, this.timings.leaseMs);
      // Asked at every sending, so that no unknown posting is forgotten when a reconcile job is lost.
      if (await this.work.isOpen(connectionId, ['unknown'])) await this.jobs.remind('posting.reconcile', connectionId, LOOK_AGAIN_SECONDS);
      return await this.mayWrite(connectionId);
    });
    if (!connection) return;
    if (this.registry.get(connection.connector).descriptor.capabilities.accountingLedger) await this.sendDocuments(connection, signal);
    await this.singles.sendAll(tenantId, connectionId, signal);
  }

  /** Undefined while anything says stop: the tenant's switch, a pause, a broken grant. */
  private async mayWrite(connectionId: string): Promise<ConnectionEntity | undefined> {
    const tenantId = this.tx.tenantId;
    const settings = await this.tx.rows(TenantSettingsEntity).findOneByOrFail({ tenantId });
    const connection = await this.tx.rows(ConnectionEntity).findOneByOrFail({ tenantId, id: connectionId });
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
      await this.tx.run(tenantId, () =>
        this.tx.rows(ConnectionEntity).update({ tenantId, id }, { health: { ok: false, sentence, missing: [] } }),
      );
      return;
    }
    await this.batches.sendAll(tenantId, id, ledger, 'invoice', signal);
    await this.batches.sendAll(tenantId, id, ledger, 'credit_note', signal);
  }

  /** Invoices whose approval planned nothing, because their location had no ledger then. */
  private async planMissing(connectionId: string): Promise<void> {
    const waiting = await this.tx.query<{ id: string; approvalId: string; notBefore: Date }>(
      `select i.id, a.id as "approvalId", a.at + make_interval(secs => $3) as "notBefore" from invoice i
       join location l on l.tenant_id = i.tenant_id and l.source_connection_id = i.connection_id
         and l.external_id = i.location_external_id and l.ledger_connection_id = $2
       join approval a on a.tenant_id = i.tenant_id and a.invoice_id = i.id and a.state = 'standing' and a.final
       where i.tenant_id = $1 and i.state = 'approved' and not exists (
         select from posting p where p.tenant_id = i.tenant_id and p.invoice_id = i.id and p.operation = 'document' and p.approval_id = a.id)
       order by i.id for update of i skip locked`,
      [this.tx.tenantId, connectionId, UNDO_MS / 1_000],
    );
    for (const { id, approvalId, notBefore } of waiting) await this.postings.planDocument(id, approvalId, SYSTEM, notBefore);
  }
}
