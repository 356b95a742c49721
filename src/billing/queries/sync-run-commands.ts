import { Injectable } from '@nestjs/common';
import { notFound, Refusal } from '../../domain/refusal.js';
import type { Caller } from '../../database/audit/actor.js';
import { AuditLog } from '../../database/audit/audit-log.js';
import { ConnectionRows } from './connection-rows.js';
import { SyncRunRepository } from '../../jobs/sync-run.repository.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { syncRunItem, type SyncRunItem } from './sync-run-item.js';
import { ConnectorCatalog } from './connector-catalog.js';

/** "Run now", and how it goes. */
@Injectable()
export class SyncRunCommands {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly connections: ConnectionRows,
    private readonly runs: SyncRunRepository,
    private readonly systems: ConnectorCatalog,
    private readonly audit: AuditLog,
  ) {}

  /**
   * @param kind absent: what the connection is there for, pull from a billing source, settle from a ledger.
   * @throws Refusal 'not_found', 'conflict' when it is not authorised, 'invalid' for a kind that it cannot do
   */
  async request(caller: Caller, connectionId: string, kind?: SyncRunItem['kind']): Promise<SyncRunItem> {
    return await this.tx.run(caller.tenantId, async () => {
      const card = await this.connections.card(connectionId);
      if (!card) throw notFound('This connection');
      const kinds = this.kinds(card.connector);
      const wanted = kind ?? kinds[0];
      if (!wanted || !kinds.includes(wanted))
        throw new Refusal('invalid', `${this.systems.label(card.connector)} cannot be read in this way.`, { field: 'kind', kinds });
      if (card.state !== 'connected')
        throw new Refusal('conflict', 'This connection is not authorised at the moment. Reconnect it first.', { state: card.state });
      const run = await this.runs.request(connectionId, wanted, caller.actor.label);
      await this.audit.record(caller.actor, {
        action: 'connection.run_requested',
        subject: { kind: 'connection', id: connectionId },
        after: { kind: wanted, run: run.id },
      });
      return syncRunItem(run);
    });
  }

  /** @throws Refusal 'not_found' */
  async one(caller: Caller, id: string): Promise<SyncRunItem> {
    const run = await this.tx.run(caller.tenantId, () => this.runs.find(id));
    if (!run) throw notFound('This run');
    return syncRunItem(run);
  }

  /** With what people call the system it reads. @throws Refusal 'not_found' */
  async labelled(caller: Caller, id: string): Promise<SyncRunItem & { label: string }> {
    return await this.tx.run(caller.tenantId, async () => {
      const run = await this.one(caller, id);
      const card = await this.connections.card(run.connectionId);
      return { ...run, label: this.systems.label(card?.connector ?? '') };
    });
  }

  /** What is read stays; the next run goes on from there. One that has ended already stays as it ended. */
  async stop(caller: Caller, id: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const run = await this.one(caller, id);
      if (run.finishedAt !== undefined) return;
      await this.runs.finish(id, 'cancelled', `Stopped by ${caller.actor.label}.`);
      await this.audit.record(caller.actor, {
        action: 'connection.run_stopped',
        subject: { kind: 'connection', id: run.connectionId },
        after: { run: id, fetched: run.fetched },
      });
    });
  }

  private kinds(connector: string): SyncRunItem['kind'][] {
    const { billingSource, accountingLedger } = this.systems.capabilities(connector);
    return [...(billingSource ? (['pull', 'sweep'] as const) : []), ...(accountingLedger ? (['settle'] as const) : [])];
  }
}
