import { Injectable } from '@nestjs/common';
import { ConnectorCatalog } from '../../connections/connector-catalog.js';
import type { Caller } from '../../database/audit/actor.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { notFound } from '../../domain/refusal.js';
import { SyncRunRepository } from '../../jobs/sync-run.repository.js';
import { ConnectionRows } from './connection-rows.js';
import { syncRunItem, type SyncRunItem } from './sync-run-item.js';

/** How a sync run goes. */
@Injectable()
export class SyncRunQuery {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly connections: ConnectionRows,
    private readonly runs: SyncRunRepository,
    private readonly connectors: ConnectorCatalog,
  ) {}

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
      return { ...run, label: this.connectors.label(card?.connector ?? '') };
    });
  }
}
