import { Injectable } from '@nestjs/common';
import { notFound, Refusal } from '../domain/refusal.js';
import type { Principal } from '../database/audit/actor.js';
import { AuditLog } from '../database/audit/audit-log.js';
import { TenantTransaction } from '../database/tenant-transaction.js';
import type { SyncRunEntity } from '../jobs/sync-run.entity.js';
import { SyncRunRepository } from '../jobs/sync-run.repository.js';
import { ConnectionRepository } from './connection.repository.js';
import { ConnectorCatalog } from './connector-catalog.js';

/** What people ask of sync runs: that one begins now, and that one ends. */
@Injectable()
export class SyncRunCommands {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly connections: ConnectionRepository,
    private readonly runs: SyncRunRepository,
    private readonly connectors: ConnectorCatalog,
    private readonly audit: AuditLog,
  ) {}

  /**
   * @param kind absent: what the connection is there for, pull from a billing source, settle from a ledger.
   * @returns the run, which may be one that waits or works already
   * @throws Refusal 'not_found', 'conflict' when it is not authorised or paused, 'invalid' for a kind that it cannot do
   */
  async request(caller: Principal, connectionId: string, kind?: SyncRunEntity['kind']): Promise<SyncRunEntity> {
    return await this.tx.run(caller.tenantId, async () => {
      const connection = await this.connections.lock(connectionId);
      const kinds = this.kinds(connection.connector);
      const wanted = kind ?? kinds[0];
      if (!wanted || !kinds.includes(wanted))
        throw new Refusal('invalid', `${this.connectors.label(connection.connector)} cannot be read in this way.`, {
          field: 'kind',
          kinds,
        });
      if (connection.state !== 'connected')
        throw new Refusal('conflict', 'This connection is not authorised at the moment. Reconnect it first.', { state: connection.state });
      if (connection.pausedAt) throw new Refusal('conflict', 'This connection is paused. Resume it first.');
      const run = await this.runs.request(connectionId, wanted, caller.actor.label);
      await this.audit.record(caller.actor, {
        action: 'connection.run_requested',
        subject: { kind: 'connection', id: connectionId },
        after: { kind: wanted, run: run.id },
      });
      return run;
    });
  }

  /** What is read stays; the next run goes on from there. One that has ended already stays as it ended. @throws Refusal 'not_found' */
  async stop(caller: Principal, id: string): Promise<void> {
    await this.tx.run(caller.tenantId, async () => {
      const run = await this.runs.find(id);
      if (!run) throw notFound('This run');
      if (!(await this.runs.finish(id, 'cancelled', `Stopped by ${caller.actor.label}.`))) return;
      await this.audit.record(caller.actor, {
        action: 'connection.run_stopped',
        subject: { kind: 'connection', id: run.connectionId },
        after: { run: id, fetched: run.fetched },
      });
    });
  }

  private kinds(connector: string): SyncRunEntity['kind'][] {
    const { billingSource, accountingLedger } = this.connectors.capabilities(connector);
    return [...(billingSource ? (['pull', 'sweep'] as const) : []), ...(accountingLedger ? (['settle'] as const) : [])];
  }
}
