import { Injectable } from '@nestjs/common';
import { ConnectorCatalog } from '../../connections/connector-catalog.js';
import type { Principal } from '../../database/audit/actor.js';
import { TenantTransaction } from '../../database/tenant-transaction.js';
import { notFound } from '../../domain/refusal.js';
import { SyncRunRepository } from '../../jobs/sync-run.repository.js';
import type { SyncRunEntity } from '../../jobs/sync-run.entity.js';

/** One pull, sweep or settlement: how far it came, how it ended. Instants are ISO. */
export interface SyncRunItem {
  id: string;
  connectionId: string;
  kind: SyncRunEntity['kind'];
  state: SyncRunEntity['state'];
  requestedBy: string;
  /** How many records the vendor announced; absent where it cannot count. */
  expected?: number;
  fetched: number;
  changed: number;
  setAside: number;
  /** Why it failed, in plain words; of a run that succeeded, what the vendor did not let it learn. */
  problem?: string;
  queuedAt: string;
  startedAt?: string;
  finishedAt?: string;
}

/** What of a run is shown. */
export type SyncRunRecord = Omit<SyncRunEntity, 'tenantId' | 'cursorBefore' | 'heartbeatAt'>;

export function syncRunItem(row: SyncRunRecord): SyncRunItem {
  return {
    id: row.id,
    connectionId: row.connectionId,
    kind: row.kind,
    state: row.state,
    requestedBy: row.requestedBy,
    ...(row.expected !== null && { expected: row.expected }),
    fetched: row.fetched,
    changed: row.changed,
    setAside: row.setAside,
    ...(row.problem && { problem: row.problem }),
    queuedAt: row.queuedAt.toISOString(),
    ...(row.startedAt && { startedAt: row.startedAt.toISOString() }),
    ...(row.finishedAt && { finishedAt: row.finishedAt.toISOString() }),
  };
}

/** How a sync run goes. */
@Injectable()
export class SyncRunQuery {
  constructor(
    private readonly tx: TenantTransaction,
    private readonly runs: SyncRunRepository,
    private readonly connectors: ConnectorCatalog,
  ) {}

  /** @throws Refusal 'not_found' */
  async one(caller: Principal, id: string): Promise<SyncRunItem> {
    const run = await this.tx.run(caller.tenantId, () => this.runs.find(id));
    if (!run) throw notFound('This run');
    return syncRunItem(run);
  }

  /** With what people call the system it reads. @throws Refusal 'not_found' */
  async labelled(caller: Principal, id: string): Promise<SyncRunItem & { label: string }> {
    return await this.tx.run(caller.tenantId, async () => {
      const run = await this.one(caller, id);
      const [connection] = await this.tx.query<{ connector: string }>('select connector from connection where tenant_id = $1 and id = $2', [
        this.tx.tenantId,
        run.connectionId,
      ]);
      return { ...run, label: this.connectors.label(connection?.connector ?? '') };
    });
  }
}
