import { Injectable } from '@nestjs/common';
import { UNDO_MS } from '../../domain/posting-policy.js';
import type { ConnectionEntity } from '../../connections/connection.entity.js';
import { ConnectionRepository } from '../../connections/connection.repository.js';
import { ConnectorRegistry } from '../../connections/connector-registry.js';
import { LedgerSetup } from '../../connections/ledger-setup.js';
import { Vendors } from '../../connections/vendors.js';
import { SYSTEM } from '../../database/audit/actor.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { DuePostingRepository } from '../outbox/due-posting.repository.js';
import { PostingPlanner } from '../outbox/posting-planner.js';
import { BatchSender } from './batch-sender.js';

/** The invoices and credit notes that are due at one ledger. */
@Injectable()
export class DueDocuments {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly connections: ConnectionRepository,
    private readonly vendors: Vendors,
    private readonly registry: ConnectorRegistry,
    private readonly setup: LedgerSetup,
    private readonly postings: PostingPlanner,
    private readonly due: DuePostingRepository,
    private readonly batches: BatchSender,
  ) {}

  /** Nothing where the connection keeps no ledger, is not live, or its ledger is not set up; the last is said in its health. */
  async sendAll(connection: ConnectionEntity, signal: AbortSignal): Promise<void> {
    const { tenantId, id } = connection;
    if (!this.registry.get(connection.connector).descriptor.capabilities.accountingLedger) return;
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
